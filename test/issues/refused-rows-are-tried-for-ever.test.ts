import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSinkLoop } from '../../src/consumers/sink-loop.ts'
import type { Alarm } from '../../src/contracts/alarm.ts'
import type { ResultBatch } from '../../src/contracts/ports.ts'
import { ClickHouseFailure } from '../../src/runtime/clickhouse.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { usualLoopDeps } from '../support/loop-deps.ts'
import { receiptOf } from '../support/results.ts'
import { createVirtualClock } from '../support/simulated-broker/clock.ts'
import { quietTelemetry } from '../support/simulated-broker/quiet-telemetry.ts'

const record = (partition: number, offset: number) => ({
  topic: 't',
  partition,
  offset: BigInt(offset),
  timestampMs: 0,
  key: 'k',
  headers: {},
  value: new Uint8Array(1),
})

/** A sink over two partitions, whose store refuses what it is told. */
const startSink = (refuses: (batch: ResultBatch) => boolean) => {
  const clock = createVirtualClock()
  const time = clock.lane()
  const seen = { writes: 0, alarms: [] as Alarm[], committed: new Map<number, bigint>() }
  const loop = createSinkLoop({
    ...usualLoopDeps(clock.nowMs),
    store: {
      write: async (batch) => {
        seen.writes += 1
        if (refuses(batch)) throw new ClickHouseFailure('UNKNOWN_IDENTIFIER', 'no such column', false)
      },
    },
    readResult: ({ partition, offset }) => ({
      kind: 'receipts',
      data: {
        ...receiptOf({ film: `${partition}:${offset}`, partition, offset: Number(offset) }),
        toldAt: '2026-03-10T10:00:00.000Z',
      },
    }),
    alarms: { raise: async (alarm) => void seen.alarms.push(alarm) },
    telemetry: quietTelemetry,
    logger: silentLogger,
    pause: time.pause,
    every: time.every,
    now: () => new Date(clock.nowMs()),
    lingerMs: 100,
    maxRows: 16,
  })
  const control = {
    commit: async (_epoch: number, offsets: readonly { partition: number; offset: bigint }[]) => {
      for (const { partition, offset } of offsets) seen.committed.set(partition, offset)
    },
    pause: () => {},
    resume: () => {},
  }
  loop.assigned({ epoch: 1, partitions: new Map([['t', [0, 1]]]) }, control)
  const pass = (ms: number) => clock.run(() => false, clock.nowMs() + ms)
  return { loop, seen, pass }
}

// Whatever ClickHouse said, the same batch was written again, and everything waited behind it.
test('rows that are refused for good stop their partition alone, with an alarm, until they are taken', async () => {
  let isWrong = true
  const { loop, seen, pass } = startSink(
    ({ receipts }) => isWrong && receipts.some(({ image }) => image.partition === 0 && image.offset === '3'),
  )
  for (let offset = 0; offset < 8; offset += 1)
    for (const partition of [0, 1]) loop.accept(record(partition, offset), 1)
  await pass(5000)
  assert.deepEqual(
    [...seen.committed],
    [
      [0, 3n],
      [1, 8n],
    ],
  )
  assert.deepEqual(
    seen.alarms.map(({ kind, scope, evidence }) => [kind, scope, evidence['offset'], evidence['code']]),
    [['rows-refused', 't:0', '3', 'UNKNOWN_IDENTIFIER']],
  )
  await pass(20_000)
  const before = seen.writes
  await pass(30_000)
  assert.equal(seen.writes, before, 'nothing is tried between two minutes')
  isWrong = false
  await pass(60_000)
  assert.equal(seen.committed.get(0), 8n, 'and what came after it is written too')
  await loop.drain(1)
})

test('a statement that is wrong for all rows is tried a few times a minute, and no more', async () => {
  const { loop, seen, pass } = startSink(() => true)
  for (let offset = 0; offset < 8; offset += 1)
    for (const partition of [0, 1]) loop.accept(record(partition, offset), 1)
  await pass(10 * 60_000)
  assert.ok(seen.writes < 120, `${seen.writes} writes in ten minutes`)
  assert.deepEqual(
    [...seen.committed.values()].filter((offset) => offset > 0n),
    [],
  )
})
