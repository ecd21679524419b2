import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFailureWindow } from '../../src/consumers/failure-window.ts'

test('a window trips at more than half of the last hundred and recovers', () => {
  const window = createFailureWindow(100)
  const noted = Array.from({ length: 51 }, () => window.note(true))
  assert.deepEqual(
    noted.slice(0, 50),
    Array.from({ length: 50 }, () => false),
  )
  assert.equal(noted[50], true)
  const healed = Array.from({ length: 100 }, () => window.note(false))
  assert.equal(healed.at(-1), false)
})

test('every other record failing does not trip it', () => {
  const window = createFailureWindow(100)
  assert.ok(
    Array.from({ length: 1000 }, (_, index) => window.note(index % 2 === 0)).every((tripped) => !tripped),
  )
})
