import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLifecycle, startParts } from '../../src/runtime/lifecycle.ts'
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

test('says which part is being stopped, for whoever has no more time', async () => {
  const lifecycle = createLifecycle(silentLogger)
  const hanging = Promise.withResolvers<void>()
  lifecycle.add('hanging', () => hanging.promise)
  assert.equal(lifecycle.stopping(), undefined)
  const stopped = lifecycle.stop()
  assert.equal(lifecycle.stopping(), 'hanging')
  hanging.resolve()
  await stopped
  assert.equal(lifecycle.stopping(), undefined)
})

test('a start of several parts that fails half way stops those that were started, and says why it failed', async () => {
  const stopped: string[] = []
  const start = (how: 'whole' | 'failing') =>
    startParts(silentLogger, async (lifecycle) => {
      lifecycle.add('first', async () => void stopped.push('first'))
      lifecycle.add('second', async () => {
        stopped.push('second')
        throw new Error('second does not stop')
      })
      if (how === 'failing') throw new Error('the third does not start')
      return { parts: 2 }
    })
  await assert.rejects(start('failing'), /^Error: the third does not start$/)
  assert.deepEqual(stopped.splice(0), ['second', 'first'])
  const whole = await start('whole')
  assert.equal(whole.parts, 2)
  assert.deepEqual(stopped, [])
  await assert.rejects(whole.stop(), AggregateError)
  assert.deepEqual(stopped, ['second', 'first'])
})
