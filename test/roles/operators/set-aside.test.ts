import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { followPlacesSetAside } from '../../../src/consumers/places-set-aside.ts'
import { createScreeningLoop } from '../../../src/consumers/screening-loop.ts'
import { commandsTopic, consumerGroups, imagesTopic } from '../../../src/contracts/topics.ts'
import type { Verdict } from '../../../src/contracts/verdict.ts'
import { startEmbeddedServices } from '../../../src/embedded/start-services.ts'
import { openSetAside } from '../../../src/roles/operators/open-set-aside.ts'
import { createByteBudget } from '../../../src/runtime/byte-budget.ts'
import { readSettings } from '../../../src/runtime/config.ts'
import { everyReally } from '../../../src/runtime/every.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { vouchingPublisher } from '../../../src/runtime/vouched-record.ts'
import { usualLoopDeps } from '../../support/loop-deps.ts'
import { kafkaFor } from '../../support/services.ts'
import { quietTelemetry } from '../../support/simulated-broker/quiet-telemetry.ts'
import { codeOf, failedWith, readWell } from '../../support/start-film-loop.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { undoAfter } from '../../support/undo.ts'
import { waitFor } from '../../support/wait-for.ts'

const engineKey = Buffer.alloc(32, 7)
const audit = { who: 'operator', why: 'it hangs' }

test('a record at which screening hangs is set aside while it runs, and its partition goes on', async (t) => {
  const undo = undoAfter(t)
  const services = await startEmbeddedServices({
    dataDir: await tempDir(t),
    cacheDir: readSettings().cacheDir,
    kafka: true,
    clickhouse: false,
    logger: silentLogger,
    onProgress: () => {},
    onGiveUp: (error) => assert.fail(error),
  })
  undo(services.stop)
  const kafka = kafkaFor({ brokers: services.kafka?.address ?? '' })
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  await admin.createTopics([imagesTopic, commandsTopic])
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  const film = { key: 'k', value: new Uint8Array(10), headers: { ce_type: imagesTopic.eventType } }
  const { partition } = await publisher.publish(imagesTopic, film)
  await publisher.publish(imagesTopic, film)
  const follow = {
    consume: kafka.consume,
    admin,
    engineKey,
    logger: silentLogger,
    onCrash: (error: Error) => assert.fail(error),
  }
  const places = await followPlacesSetAside(follow)
  undo(places.stop)
  const published: Verdict[] = []
  const loop = createScreeningLoop({
    ...usualLoopDeps(),
    setAside: places,
    screener: {
      screen: (record) =>
        record.position.offset === '0' ? new Promise(() => {}) : Promise.resolve(readWell(record)),
      giveUp: failedWith,
    },
    publishVerdict: async (verdict) => void published.push(verdict),
    alarms: { raise: async () => {} },
    budget: createByteBudget(1e6),
    lane: 'live',
    telemetry: quietTelemetry,
    logger: silentLogger,
    pause: (ms) => delay(ms),
    every: everyReally,
    now: () => new Date(),
    commitIntervalMs: 250,
  })
  undo(loop.stop)
  const consumer = await kafka.consume({
    groupId: consumerGroups.screening,
    topics: [imagesTopic.name],
    fetchBytes: 1024 * 1024,
    sessionTimeoutMs: 10_000,
    handler: loop,
    onCrash: follow.onCrash,
  })
  undo(consumer.stop)
  await waitFor('the film above', () => published.length === 1)
  const setAside = openSetAside({ admin, kafka }, vouchingPublisher(publisher, engineKey))
  const place = `${imagesTopic.name}:${partition}:0`
  const failureOf = async (where: string) => {
    const outcome = await setAside(where, audit)
    return outcome.kind === 'failed' ? outcome.code : outcome.kind
  }
  assert.equal(await failureOf(`${imagesTopic.name}:${partition}:7`), 'NOT_THERE')
  assert.equal(await failureOf('hip.receipts.v1:0:0'), 'NOT_A_PLACE')
  assert.equal(await failureOf('nonsense'), 'NOT_A_PLACE')
  assert.deepEqual(await setAside(place, audit), { kind: 'ok', value: { place, passed: true } })
  assert.deepEqual(published.map(codeOf), ['finding', 'SET_ASIDE'])
  assert.equal((await admin.committed(consumerGroups.screening, imagesTopic.name)).get(partition), 2n)
  assert.equal(await failureOf(place), 'ALREADY_ANSWERED')
})
