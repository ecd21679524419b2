import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLifecycle } from '../../src/runtime/lifecycle.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

test('parts stop in reverse order, past failures, and only once', async () => {
  const stopped: string[] = []
  const lifecycle = createLifecycle(silentLogger)
  lifecycle.add('first', async () => void stopped.push('first'))
  lifecycle.add('second', async () => {
    stopped.push('second')
    throw new Error('second does not stop')
  })
  lifecycle.add('third', async () => void stopped.push('third'))
  await assert.rejects(lifecycle.stop(), AggregateError)
  await assert.rejects(lifecycle.stop(), AggregateError)
  assert.deepEqual(stopped, ['third', 'second', 'first'])
})
