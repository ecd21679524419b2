import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { kafkaFor } from '../support/services.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'

const run = promisify(execFile)
const topic = {
  name: 'films',
  partitions: 1,
  cleanup: 'delete',
  retentionMs: -1,
  maxMessageBytes: 1_000_000,
  compression: 'none',
} as const
const record = (key: string) => ({ key, value: new Uint8Array(100_000), headers: {} })

/**
 * A full disk cannot be made without rights. A limit on the size of its files meets the broker at the same place, with an
 * input/output error as it appends; the process that takes its place has no limit, as after space has been freed.
 */
test('a broker that cannot write halts and comes back: what was acknowledged is there, the rest is stored once', {
  timeout: 120_000,
}, async (t) => {
  const undo = undoAfter(t)
  const dataDir = await tempDir(t)
  const services = await startEmbeddedServices({
    dataDir,
    cacheDir: readSettings().cacheDir,
    kafka: true,
    clickhouse: false,
    logger: silentLogger,
    onProgress: () => {},
    onGiveUp: (error) => assert.fail(error),
  })
  undo(services.stop)
  const { kafka } = services
  assert.ok(kafka)
  const client = kafkaFor({ brokers: kafka.address })
  const admin = await client.connectAdmin()
  undo(admin.stop)
  await admin.createTopics([topic])
  const publisher = await client.connectPublisher()
  undo(publisher.stop)
  await publisher.publish(topic, record('before'))

  const full = kafka.pid()
  await run('prlimit', ['--pid', String(full), '--fsize=4096:unlimited'])
  const stored = await publisher.publish(topic, record('meanwhile'))

  assert.notEqual(kafka.pid(), full, 'the broker that could not write has ended')
  assert.equal(stored.offset, '1')
  assert.deepEqual((await admin.bounds(topic.name)).end, new Map([[0, 2n]]))
})
