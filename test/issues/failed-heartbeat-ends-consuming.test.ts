import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchOf, notingMembership } from '../support/memberships.ts'

class RebalanceError extends Error {
  readonly type = 'REBALANCE_IN_PROGRESS'
}

/** A record that waits for room until a heartbeat has failed. */
const blockedUntilBeat = (error: Error) => {
  const beaten = Promise.withResolvers<boolean>()
  const heartbeat = async (): Promise<void> => {
    beaten.resolve(true)
    throw error
  }
  return { heartbeat, accept: () => beaten.promise }
}

// The consumer drained and then took nothing more, although it kept its partitions: kafkajs rejoins only after
// a rebalance, not after a lost connection.
test('a heartbeat that fails without a rebalance does not end consuming', async () => {
  const { heartbeat, accept } = blockedUntilBeat(new Error('connection closed'))
  const { membership, join, taken, drained } = notingMembership(accept)
  join()
  await membership.consume(batchOf([0], { heartbeat }))
  await membership.consume(batchOf([1]))
  assert.deepEqual([taken, drained], [[0n, 1n], []])
})

test('a heartbeat that says rebalance drains, and the next assignment is worked on', async () => {
  const error = new RebalanceError()
  const { heartbeat } = blockedUntilBeat(error)
  const { membership, join, taken, drained } = notingMembership(({ offset }) =>
    offset === 0n ? new Promise<boolean>(() => {}) : true,
  )
  join()
  await assert.rejects(membership.consume(batchOf([0], { heartbeat })), error)
  await membership.consume(batchOf([1]))
  assert.deepEqual([taken, drained], [[], [1]], 'a drained assignment takes nothing')
  join()
  await membership.consume(batchOf([1]))
  assert.deepEqual(taken, [1n])
})
