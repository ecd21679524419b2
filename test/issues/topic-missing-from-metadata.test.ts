import assert from 'node:assert/strict'
import { test } from 'node:test'
import { topicOffsets, whileLoading } from '../../src/runtime/kafka/kafkajs-adapters.ts'

/** As kafkajs fails where its metadata lack the topic. */
const takeApart = (high: { partitions: never[] }[]) => {
  // @ts-expect-error kafkajs takes for granted that there is an entry
  const { partitions } = high.pop()
  return partitions
}

test('a topic that kafkajs has lost sight of is looked for again; a sink ended by it', async () => {
  let looks = 0
  const admin = {
    fetchTopicOffsets: async () => {
      looks += 1
      if (looks < 3) return takeApart([])
      return [{ partition: 0, offset: '7', high: '7', low: '2' }]
    },
  }
  const found = await whileLoading(() => topicOffsets(admin, 'hip.verdicts.v1'))
  assert.deepEqual([looks, found[0]?.low], [3, '2'])
})

test('any other failure is told at once', async () => {
  const failing = { fetchTopicOffsets: () => Promise.reject(new Error('not authorised')) }
  await assert.rejects(
    whileLoading(() => topicOffsets(failing, 'hip.verdicts.v1')),
    /not authorised/,
  )
})
