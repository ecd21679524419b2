import assert from 'node:assert/strict'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { openClickHouse } from '../../src/runtime/clickhouse.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { kafkaFor } from '../support/services.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

// Kafka read its properties as Latin 1 and wrote beside the folder, whose records any user could read; and any user could
// tell ClickHouse, as `default` without a password, to listen no more.
test('services keep to their folder, whatever its name, and serve nobody but the engine', async (t) => {
  const undo = undoAfter(t)
  const parent = await tempDir(t)
  const dataDir = join(parent, 'données ü 日本')
  await mkdir(dataDir)
  const services = await startEmbeddedServices({
    dataDir,
    cacheDir: readSettings().cacheDir,
    kafka: true,
    clickhouse: true,
    logger: silentLogger,
    onProgress: () => {},
    onGiveUp: (error) => assert.fail(error),
  })
  undo(services.stop)
  const { kafka, clickhouse } = services
  assert.ok(kafka !== undefined && clickhouse?.credentials !== undefined)
  const admin = await kafkaFor({ brokers: kafka.address }).connectAdmin()
  undo(admin.stop)
  const topic = {
    name: 't',
    partitions: 1,
    cleanup: 'delete',
    retentionMs: -1,
    maxMessageBytes: 1e6,
  } as const
  await admin.createTopics([topic])
  assert.deepEqual(await readdir(parent), ['données ü 日本'])
  // Kafka says that a topic is made before its folder is.
  await waitFor('the folder of the topic', async () =>
    (await readdir(join(dataDir, 'kafka', 'logs'))).includes('t-0'),
  )
  for (const folder of ['kafka', 'clickhouse'])
    assert.equal((await stat(join(dataDir, folder))).mode & 0o077, 0, folder)

  const { username, password } = clickhouse.credentials
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  const named = { 'x-clickhouse-user': username }
  for (const [headers, query] of [
    [{}, ''],
    [{}, '?user=default'],
    [basic('default:'), ''],
    [basic(`${username}:wrong`), '?user=default'],
    [basic(`${username}:${password}`), '?user=default'],
    [{ 'x-clickhouse-user': 'default' }, ''],
    [named, ''],
    [named, '?user=default'],
    [named, '?us%65r=default'],
    [{ ...named, ...basic('default:') }, ''],
  ] as const) {
    const request = { method: 'POST', headers, body: 'SYSTEM STOP LISTEN HTTP' }
    const answer = await fetch(`${clickhouse.address}/${query}`, request)
    await answer.text()
    assert.ok(answer.status >= 400, JSON.stringify({ headers, query }))
  }
  const own = openClickHouse({ url: clickhouse.address, username, password, database: 'default' })
  undo(own.close)
  assert.ok(await own.ping())
  await own.command('SELECT 1')
})
