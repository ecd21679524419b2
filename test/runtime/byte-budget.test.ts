import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createByteBudget } from '../../src/runtime/byte-budget.ts'

test('a budget admits in order of arrival and never holds more than its limit', async () => {
  const budget = createByteBudget(100)
  const entered: number[] = []
  const enter = async (id: number, bytes: number): Promise<void> => {
    await budget.acquire(bytes)
    entered.push(id)
  }
  await enter(1, 60)
  const second = enter(2, 50)
  const third = enter(3, 10)
  await Promise.resolve()
  assert.deepEqual(entered, [1], 'the third waits behind the second although it would fit')
  assert.equal(budget.held(), 60)
  budget.release(60)
  await Promise.all([second, third])
  assert.deepEqual(entered, [1, 2, 3])
  assert.equal(budget.held(), 60)
})

test('a film larger than the whole budget passes alone', async () => {
  const budget = createByteBudget(10)
  await budget.acquire(50)
  assert.equal(budget.held(), 50)
})
