import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createScreeningLoop } from '../../src/consumers/screening-loop.ts'
import { imagesTopic } from '../../src/contracts/topics.ts'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { createByteBudget } from '../../src/runtime/byte-budget.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { everyReally } from '../../src/runtime/every.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { usualLoopDeps } from '../support/loop-deps.ts'
import { kafkaFor } from '../support/services.ts'
import { quietTelemetry } from '../support/simulated-broker/quiet-telemetry.ts'
import { failedWith, readWell } from '../support/start-film-loop.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

/** The least that a broker accepts; a film takes longer, so that a drain without heartbeats is an eviction. */
const sessionTimeoutMs = 6000
const filmMs = 7500

test('members that join under a backlog wait for films in work, and nobody is put out', async (t) => {
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
  const brokers = services.kafka?.address ?? ''
  const kafka = kafkaFor({ brokers })
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  await admin.createTopics([imagesTopic])
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  const films = Array.from({ length: 120 }, (_, index) => ({
    key: `k${index}`,
    value: new Uint8Array(10),
    headers: { ce_type: imagesTopic.eventType },
  }))
  await publisher.publishMany(imagesTopic, films)
  const owned = new Map<number, number>()
  const screened = { inWork: 0, answered: 0 }
  const startMember = async (member: number): Promise<void> => {
    const loop = createScreeningLoop({
      ...usualLoopDeps(),
      screener: {
        screen: async (record) => {
          screened.inWork += 1
          await delay(filmMs, undefined, { ref: false })
          return readWell(record)
        },
        giveUp: failedWith,
      },
      publishVerdict: async () => {
        screened.answered += 1
      },
      alarms: { raise: async () => {} },
      budget: createByteBudget(150),
      lane: 'live',
      telemetry: quietTelemetry,
      logger: silentLogger,
      pause: (ms) => delay(ms),
      every: everyReally,
      now: () => new Date(),
      commitIntervalMs: 250,
    })
    const consumer = await kafkaFor({ brokers }).consume({
      groupId: 'scaling',
      topics: [imagesTopic.name],
      fetchBytes: 1024 * 1024,
      sessionTimeoutMs,
      stopLimitMs: 1000,
      handler: {
        ...loop,
        assigned: (assignment, control) => {
          owned.set(member, assignment.partitions.get(imagesTopic.name)?.length ?? 0)
          loop.assigned(assignment, control)
        },
      },
      onCrash: (error) => assert.fail(error),
    })
    undo(async () => {
      await consumer.stop()
      await loop.stop()
    })
  }
  await startMember(0)
  await waitFor('films in work', () => screened.inWork > 0)
  await Promise.all([1, 2, 3].map(startMember))
  await waitFor('all four', () => [0, 1, 2, 3].every((member) => owned.get(member) === 3), 90_000)
  assert.ok(screened.answered > 0, 'what was in work was finished before it was handed over')
  const log = await readFile(join(dataDir, 'log', 'kafka.log'), 'utf8')
  const lines = log.split('\n').filter((line) => line.includes('scaling'))
  assert.ok(
    lines.some((line) => /joins? group|Adding new member|joined group/i.test(line)),
    lines.join('\n'),
  )
  assert.deepEqual(
    lines.filter((line) => /has failed|expir|evict|fenc|removing/i.test(line)),
    [],
  )
})
