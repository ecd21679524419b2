import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCoalescingPublisher } from '../../src/runtime/kafka/coalesce.ts'

const record = (key: string) => ({ key, value: null, headers: {} })

test('records that come while a request is under way share the next one; a failure reaches its own', async () => {
  const requests: string[][] = []
  const publish = createCoalescingPublisher(
    {
      publishMany: async (_topic, records) => {
        const keys = records.map(({ key }) => key)
        requests.push(keys)
        if (keys.includes('b')) throw new Error('refused')
      },
    },
    { name: 'topic', compression: 'none' },
    2,
  )
  const settled = await Promise.allSettled(['a', 'b', 'c', 'd'].map((key) => publish(record(key))))
  assert.deepEqual(requests, [['a'], ['b', 'c'], ['d']])
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
})
