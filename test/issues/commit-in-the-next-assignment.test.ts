import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OffsetToCommit } from '../../src/runtime/kafka/types.ts'
import { batchOf, notingMembership } from '../support/memberships.ts'

const offset: OffsetToCommit = { topic: 't', partition: 0, offset: 1n }

// kafkajs tries a commit again for a minute, and each time under the generation of that moment: an offset of an
// assignment that had ended was put over what the next owner had committed.
test('a commit is sent once, as the member that fetched the batch, and never for an ended assignment', async () => {
  const { membership, join, control } = notingMembership()
  const sent: string[] = []
  const committing = (name: string) => ({
    commit: async () => {
      sent.push(name)
      throw new Error('not acknowledged')
    },
  })
  join()
  await membership.consume(batchOf([0], committing('first')))
  await assert.rejects(async () => control()?.commit(1, [offset]))
  join()
  await control()?.commit(1, [offset])
  await control()?.commit(2, [offset])
  assert.deepEqual(sent, ['first'], 'nothing was fetched in the second assignment')
  await membership.consume(batchOf([0], committing('second')))
  await assert.rejects(async () => control()?.commit(2, [offset]))
  assert.deepEqual(sent, ['first', 'second'])
})
