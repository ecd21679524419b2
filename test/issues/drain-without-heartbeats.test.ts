import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMembership } from '../../src/runtime/kafka/consume.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { batchOf } from '../support/memberships.ts'
import { createVirtualClock } from '../support/simulated-broker/clock.ts'

class RebalanceError extends Error {
  readonly type = 'REBALANCE_IN_PROGRESS'
}

const never = (): Promise<never> => new Promise(() => {})

/** A membership on a clock that a test turns, over a handler that has no room and whose drain never ends. */
const open = () => {
  const clock = createVirtualClock()
  const stopped: number[] = []
  const membership = createMembership(
    {
      groupId: 'g',
      topics: ['t'],
      fetchBytes: 1,
      sessionTimeoutMs: 10_000,
      stopLimitMs: 5000,
      handler: { assigned: () => {}, accept: never, drain: never },
      onCrash: () => {},
    },
    {
      partitions: { pause: () => {}, resume: () => {} },
      stopReading: (_topic, partition) => void stopped.push(partition),
      every: clock.lane().every,
      logger: silentLogger,
    },
  )
  membership.joined(new Map([['t', [0, 1]]]))
  const pass = async (ms: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.run(() => false, clock.nowMs() + ms)
  }
  return { membership, stopped, pass, nowMs: clock.nowMs }
}

// A member that finished its films sent no heartbeat meanwhile: the group took it for dead, and gave its partitions away
// while it still worked on them. One that never finished held up all others.
describe('a drain', () => {
  test('for a rebalance goes on with heartbeats, and ends before the group stops waiting', async () => {
    const { membership, pass, nowMs } = open()
    const beats: number[] = []
    const heartbeat = async (): Promise<void> => {
      beats.push(nowMs())
      throw new RebalanceError()
    }
    const end: { at?: number; error?: unknown } = {}
    membership.consume(batchOf([0], { heartbeat })).catch((error: unknown) => {
      end.error = error
      end.at = nowMs()
    })
    await pass(60_000)
    assert.ok(end.error instanceof RebalanceError, 'the library joins again')
    assert.ok(end.at !== undefined && end.at > 30_000 && end.at < 55_000, `after ${end.at} ms`)
    const pauses = beats.slice(1).map((at, index) => at - (beats[index] ?? 0))
    assert.ok(beats.length > 60 && Math.max(...pauses) <= 500, 'half a second between two')
    assert.ok(
      beats.every((at) => at <= (end.at ?? 0)),
      'and none afterwards',
    )
  })

  test('for the end pauses what is read, so that the library beats on, and ends in its time', async () => {
    const { membership, stopped, pass, nowMs } = open()
    let endedAt: number | undefined
    void membership.stop().then(() => {
      endedAt = nowMs()
    })
    await pass(60_000)
    assert.deepEqual([stopped, endedAt], [[0, 1], 5000])
  })
})
