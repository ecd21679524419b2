import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whileLoading } from '../../src/runtime/kafka/kafkajs-adapters.ts'

/** As kafkajs fails where a broker that has just started knows no coordinator of a group yet. */
const notFound = () =>
  Object.assign(new Error('Failed to find group coordinator'), {
    name: 'KafkaJSGroupCoordinatorNotFound',
    retriable: false,
  })

test('a group without a coordinator yet is asked for again; a look at its offsets ended by it', async () => {
  let looks = 0
  const offsets = await whileLoading(async () => {
    looks += 1
    if (looks < 3) throw notFound()
    return [7n]
  })
  assert.deepEqual([looks, offsets], [3, [7n]])
})

test('where it never comes that is told after five tries', async () => {
  let looks = 0
  const never = whileLoading(() => {
    looks += 1
    return Promise.reject(notFound())
  })
  await assert.rejects(never, /Failed to find group coordinator/)
  assert.equal(looks, 5)
})
