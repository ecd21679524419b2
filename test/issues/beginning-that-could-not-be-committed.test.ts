import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OffsetToCommit } from '../../src/runtime/kafka/types.ts'
import { createCutWatch } from '../../src/runtime/kafka/watch-cuts.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { batchOf } from '../support/memberships.ts'

// A group whose first commit failed handed nothing out until its next assignment: every batch was told of that failure.
test('a beginning that could not be committed is committed with the next batch, and once', async () => {
  const standing = [0, 1].map((partition) => ({
    topic: 't',
    partition,
    offset: BigInt(partition),
    isNew: true,
    isBehindGap: false,
  }))
  const watch = createCutWatch({
    guard: { check: async () => ({ standing, cuts: [] }), cutBefore: async () => undefined },
    pause: () => {},
    resume: () => {},
    seek: () => {},
    onCut: () => {},
    every: () => () => {},
    logger: silentLogger,
  })
  const sent: (readonly OffsetToCommit[])[] = []
  const commit = async (offsets: readonly OffsetToCommit[]) => {
    sent.push(offsets)
    if (sent.length === 1) throw new Error('not acknowledged')
  }
  await watch.assigned(new Map([['t', [0, 1]]]))
  await assert.rejects(watch.isAfterCut(batchOf([0], { commit })), /not acknowledged/)
  assert.equal(await watch.isAfterCut(batchOf([0], { commit })), false)
  assert.equal(await watch.isAfterCut(batchOf([1], { commit })), false)
  const beginnings = standing.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
  assert.deepEqual(sent, [beginnings, beginnings])
})
