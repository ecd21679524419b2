import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { findRunningServices, type RunningServices } from '../../src/embedded/services-file.ts'
import { type EmbeddedServices, startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { countSchema, openClickHouse } from '../../src/runtime/clickhouse.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { isProcessAlive } from '../../src/runtime/process-id.ts'
import { kafkaFor } from '../support/services.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'
import { parentOf } from './parent-of.ts'

type Cleaner = { after: (work: () => Promise<void>) => void }

const start = (
  dataDir: string,
  onGiveUp: (error: Error) => void = console.error,
): Promise<EmbeddedServices> =>
  startEmbeddedServices({
    dataDir,
    cacheDir: readSettings().cacheDir,
    kafka: true,
    clickhouse: true,
    logger: silentLogger,
    onProgress: () => {},
    onGiveUp,
  })

/** An engine in a process of its own, with its services up. */
const startOwner = async (dataDir: string) => {
  const file = fileURLToPath(new URL('./owner.ts', import.meta.url))
  const owner = spawn(process.execPath, [file, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise((resolve) => owner.stdout.once('data', resolve))
  return owner
}

/** Adds one record and one row, and counts what is there. */
const store = async (services: RunningServices): Promise<{ records: bigint; rows: number }> => {
  const { kafka, clickhouse } = services
  const topic = { name: 'kept', compression: 'none' } as const
  const client = kafkaFor({
    brokers: kafka?.address ?? '',
  })
  const admin = await client.connectAdmin()
  await admin.createTopics([
    { ...topic, partitions: 1, cleanup: 'delete', retentionMs: -1, maxMessageBytes: 1_000_000 },
  ])
  const publisher = await client.connectPublisher()
  await publisher.publish(topic, { key: 'k', value: new Uint8Array(1), headers: {} })
  const records = (await admin.bounds('kept')).end.get(0) ?? 0n
  await publisher.stop()
  await admin.stop()
  const address = { url: clickhouse?.address ?? '', username: '', password: '', ...clickhouse?.credentials }
  const connection = openClickHouse({ ...address, database: 'default' })
  await connection.command('CREATE DATABASE IF NOT EXISTS kept ENGINE = Atomic')
  await connection.command('CREATE TABLE IF NOT EXISTS kept.films (n UInt8) ENGINE = MergeTree ORDER BY n')
  await connection.insert('kept.films', { n: (n: number) => n }, [1])
  const [counted] = await connection.query(
    'SELECT count() AS n FROM kept.films',
    {},
    z.object({ n: countSchema }),
  )
  await connection.close()
  return { records, rows: counted?.n ?? 0 }
}

const kill = async (service: { pid: () => number } | undefined): Promise<void> => {
  const before = service?.pid() ?? 0
  process.kill(before, 'SIGKILL')
  await waitFor('another process', () => service?.pid() !== before)
}

describe('embedded Kafka and ClickHouse', () => {
  const openIn = async (t: Cleaner) => {
    const undo = undoAfter(t)
    const dataDir = join(await tempDir({ after: (work) => undo(work) }), 'data')
    return { dataDir, undo }
  }

  test('killed, they come back with what they have stored; stopped, the next start goes on from there', async (t) => {
    const { dataDir, undo } = await openIn(t)
    const services = await start(dataDir)
    undo(services.stop)
    await assert.rejects(start(dataDir), { code: 'DATA_DIR_IN_USE' })
    const found = await findRunningServices(dataDir)
    assert.deepEqual([found?.kafka?.version, found?.clickhouse?.version.split('.')[0]], ['4.4.0', '26'])
    assert.deepEqual(await store(services), { records: 1n, rows: 1 })
    await Promise.all([kill(services.kafka), kill(services.clickhouse)])
    assert.deepEqual(await findRunningServices(dataDir), found, 'the addresses stay')
    assert.deepEqual(await store(services), { records: 2n, rows: 2 })
    await services.stop()
    assert.equal(await findRunningServices(dataDir), undefined)

    const again = await start(dataDir)
    undo(again.stop)
    await services.stop()
    assert.deepEqual(
      await findRunningServices(dataDir),
      found,
      'a late stop of the former owner is no stop of ours',
    )
    assert.deepEqual(await store(again), { records: 3n, rows: 3 })
  })

  test('of an engine that was killed with its supervisors are ended by the next start, and nothing is lost', async (t) => {
    const { dataDir, undo } = await openIn(t)
    const owner = await startOwner(dataDir)
    undo(async () => void owner.kill('SIGKILL'))
    const found = (await findRunningServices(dataDir)) ?? {}
    assert.deepEqual(await store(found), { records: 1n, rows: 1 })
    const files = ['kafka', 'clickhouse'].map((name) => readFile(join(dataDir, name, 'process.id'), 'utf8'))
    const ids = await Promise.all(files)
    owner.kill('SIGSTOP')
    for (const id of ids) process.kill(parentOf(Number(id.split('-')[0])), 'SIGKILL')
    owner.kill('SIGKILL')
    await waitFor('the end of the engine', () => owner.signalCode !== null)
    assert.deepEqual(ids.map(isProcessAlive), [true, true], 'they are alone, and still hold their files')
    assert.equal(await findRunningServices(dataDir), undefined)

    const services = await start(dataDir)
    undo(services.stop)
    assert.deepEqual(ids.map(isProcessAlive), [false, false])
    assert.equal(services.kafka?.address, found.kafka?.address)
    assert.equal(services.clickhouse?.address, found.clickhouse?.address)
    assert.deepEqual(await store(services), { records: 2n, rows: 2 })
  })
})
