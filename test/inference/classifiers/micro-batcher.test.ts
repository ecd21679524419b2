import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMicroBatcher } from '../../../src/inference/classifiers/micro-batcher.ts'

test('requests share a batch and each gets its own answer', async () => {
  const batches: (readonly number[])[] = []
  const batcher = createMicroBatcher<number, number>({
    maxBatch: 3,
    maxWaitMs: 1,
    run: async (inputs) => {
      batches.push(inputs)
      return inputs.map((input) => input * 10)
    },
  })
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(batcher.add)), [10, 20, 30, 40])
  assert.deepEqual(batches, [[1, 2, 3], [4]])
})

test('a batch that fails fails for all that were in it, and no other', async () => {
  const batcher = createMicroBatcher<number, number>({
    maxBatch: 1,
    maxWaitMs: 1,
    run: async ([input = 0]) => {
      if (input === 2) throw new Error('poison')
      return [input]
    },
  })
  const settled = await Promise.allSettled([1, 2, 3].map(batcher.add))
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})
