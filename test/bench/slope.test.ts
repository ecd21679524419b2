import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slopeAMinute } from '../../bench/slope.ts'

const every5S = (values: readonly number[]) => values.map((value, index) => ({ atS: 5 * index, value }))

test('a line has its slope, and a single peak does not bend it', () => {
  const line = every5S(Array.from({ length: 40 }, (_, index) => 100 + index))
  const peaked = line.map((sample, index) => (index === 39 ? { ...sample, value: 10_000 } : sample))
  assert.equal(slopeAMinute(line), 12)
  assert.equal(slopeAMinute(peaked), 12)
})

test('what stays the same has no slope, and one sample has none to tell', () => {
  assert.equal(slopeAMinute(every5S([7, 7, 7])), 0)
  assert.equal(slopeAMinute(every5S([7])), undefined)
})
