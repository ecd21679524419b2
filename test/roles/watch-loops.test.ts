import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLoopHealth } from '../../src/roles/watch-loops.ts'
import { createProgress } from '../../src/runtime/progress.ts'

/** A loop whose clock, work and Kafka a test sets. */
const open = () => {
  const now = { ms: 0, tickAt: 0, isBusy: false, isKafkaThere: true }
  const progress = createProgress(() => now.ms)
  progress.watch(() => now.isBusy)
  const health = createLoopHealth(
    { name: 'screening', topic: 't', lastTickAt: () => now.tickAt, progress },
    { nowMs: () => now.ms, stallLimitMs: 1000, silenceLimitMs: 500, asks: async () => now.isKafkaThere },
  )
  return { now, progress, ...health }
}

test('a loop lives that has nothing to do, or moves; one that has work and does not move does not', () => {
  const { now, progress, check } = open()
  now.ms = 5000
  now.tickAt = 5000
  assert.equal(check(), undefined)
  now.isBusy = true
  assert.match(check() ?? '', /has work and has not moved for 5 s/)
  progress.moved()
  assert.equal(check(), undefined)
})

test('a silent consumer is dead while Kafka answers others, and waits where it does not', async () => {
  const { now, check, look } = open()
  now.ms = 5000
  now.isKafkaThere = false
  await look()
  assert.equal(check(), undefined, 'a restart would not bring Kafka back')
  now.isKafkaThere = true
  await look()
  assert.match(check() ?? '', /silent for 5 s while Kafka answers/)
  now.tickAt = 4900
  assert.equal(check(), undefined)
})
