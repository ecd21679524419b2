import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { everyReally } from '../../src/runtime/every.ts'
import { createMembership } from '../../src/runtime/kafka/consume.ts'
import type { RecordHandler } from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { batchOf } from '../support/memberships.ts'

/** A membership that has joined, and where the library's position stands. */
const joined = (accept: RecordHandler['accept']) => {
  const position: { resolved: bigint | undefined } = { resolved: undefined }
  const handler: RecordHandler = { assigned: () => {}, accept, drain: async () => {} }
  const membership = createMembership(
    { groupId: 'g', topics: ['t'], fetchBytes: 1, sessionTimeoutMs: 2500, handler, onCrash: () => {} },
    {
      partitions: { pause: () => {}, resume: () => {} },
      stopReading: () => {},
      every: everyReally,
      logger: silentLogger,
    },
  )
  membership.joined(new Map([['t', [0]]]))
  const resolveOffset = (offset: bigint): void => {
    position.resolved = offset
  }
  const consume = (offsets: readonly number[], isOver = () => false) =>
    membership.consume(batchOf(offsets, { resolveOffset, isOver }))
  return { position, consume }
}

describe('the position of a partition', () => {
  test('stands behind all that was accepted whenever the loop waits, and at its end', async () => {
    const seen: (bigint | undefined)[] = []
    const { position, consume } = joined(({ offset }) => {
      if (offset !== 3n) return true
      // The loop goes on once this turn is over; until then the position must have moved.
      return Promise.resolve().then(() => {
        seen.push(position.resolved)
        return true
      })
    })
    await consume([1, 2, 3, 4, 5])
    assert.deepEqual([seen, position.resolved], [[2n], 5n])
  })

  test('does not pass a record that is refused, or at which the handler throws', async () => {
    const refusing = joined(({ offset }) => offset !== 3n)
    await refusing.consume([1, 2, 3, 4])
    assert.equal(refusing.position.resolved, 2n)
    const throwing = joined(({ offset }) => {
      if (offset === 3n) throw new Error('broken')
      return true
    })
    await assert.rejects(throwing.consume([1, 2, 3, 4]), /broken/)
    assert.equal(throwing.position.resolved, 2n)
  })

  test('does not move for a record that waited until the consumer was over', async () => {
    let isOver = false
    const { position, consume } = joined(async ({ offset }) => {
      isOver = offset === 2n
      return true
    })
    await consume([1, 2, 3], () => isOver)
    assert.equal(position.resolved, 1n)
  })
})
