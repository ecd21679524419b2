import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPartitionWork } from '../../src/consumers/partition-work.ts'
import { createSinkLoop } from '../../src/consumers/sink-loop.ts'
import { ClickHouseFailure } from '../../src/runtime/clickhouse.ts'
import { everyReally } from '../../src/runtime/every.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { usualLoopDeps } from '../support/loop-deps.ts'
import { batchOf, notingMembership } from '../support/memberships.ts'
import { quietTelemetry } from '../support/simulated-broker/quiet-telemetry.ts'
import { waitFor } from '../support/wait-for.ts'

const control = { commit: async () => {}, pause: () => {}, resume: () => {} }
const partitions = new Map([['t', [0]]])
const records = batchOf([0, 1]).records

// A record that waited for room began when the last one in work made room, after the drain had seen the end.
test('a drained assignment begins nothing more', async () => {
  const work = createPartitionWork()
  work.assigned({ epoch: 1, partitions }, control)
  const [first, second] = records
  assert.ok(first !== undefined && second !== undefined)
  assert.equal(work.begin(first, 1), true)
  const settled = work.settle(1)
  work.finish(first, 1)
  await settled
  assert.equal(work.begin(second, 1), false)
  work.assigned({ epoch: 2, partitions }, control)
  assert.equal(work.begin(second, 2), true)
})

// A rebalance during the stop gave a new assignment, which was worked on while the process went down.
test('an assignment that comes while stopping is not worked on', async () => {
  const { membership, join, taken } = notingMembership()
  join()
  await membership.stop()
  join()
  await membership.consume(batchOf([0]))
  assert.deepEqual(taken, [])
})

// The stop waited for rows that ClickHouse would never take.
test('a sink that stops does not try its rows again', async () => {
  let tries = 0
  const loop = createSinkLoop({
    ...usualLoopDeps(),
    store: {
      write: async () => {
        tries += 1
        throw new ClickHouseFailure('READONLY', 'read-only', true)
      },
    },
    readResult: () => ({ kind: 'nothing' }),
    alarms: { raise: async () => {} },
    telemetry: quietTelemetry,
    logger: silentLogger,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    every: everyReally,
    now: () => new Date(0),
    lingerMs: 1,
    maxRows: 10,
  })
  loop.assigned({ epoch: 1, partitions }, control)
  for (const record of records) await loop.accept(record, 1)
  await waitFor('a try', () => tries > 1)
  await loop.stop()
  const before = tries
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(tries, before)
})
