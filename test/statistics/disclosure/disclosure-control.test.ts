import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { auditDisclosure } from '../../../src/statistics/disclosure/disclosure-audit.ts'
import { protectCube } from '../../../src/statistics/disclosure/disclosure-control.ts'
import { publishTable } from '../../../src/statistics/disclosure/published-cube.ts'
import { close, expectReason, valueOf } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

type Recorded = {
  sizes: number[]
  counts: number[]
  hidden: number[]
  ranges: [place: number, low: number, high: number][]
}[]

test('feasible ranges agree with SciPy’s linear programmes', () => {
  for (const { sizes, counts, hidden, ranges } of readOracle<Recorded>('cube')) {
    const found = auditDisclosure(publishTable({ sizes, counts }), new Set(hidden), 1e6)
    assert.equal(found.length, ranges.length)
    ranges.forEach(([place, low, high], i) => {
      assert.equal(found[i]?.place, place)
      close(found[i]?.low ?? -1, low, 1e-6)
      close(found[i]?.high ?? -1, high, 1e-6)
    })
  }
})

test('a lone small count takes three others with it: two by two', () => {
  const found = valueOf(protectCube({ sizes: [2, 2], counts: [3, 40, 50, 60] }))
  assert.equal(found.hiddenSmall, 1)
  assert.equal(found.hiddenComplementary, 3)
  assert.ok(found.narrowest >= 10)
  const shown = found.places.filter(({ hidden }) => hidden === undefined)
  assert.deepEqual(
    shown.map(({ count }) => count),
    [43, 110, 53, 100, 153],
  )
  for (const { hidden, count } of found.places) assert.equal(hidden === undefined, count !== undefined)
})

test('nothing small, nothing hidden; months are not added up', () => {
  const open = valueOf(protectCube({ sizes: [2, 2], counts: [30, 40, 50, 60] }))
  assert.equal(open.hiddenSmall + open.hiddenComplementary, 0)
  assert.equal(open.narrowest, Number.POSITIVE_INFINITY)
  const months = valueOf(
    protectCube({ sizes: [2, 2, 2], counts: [30, 40, 50, 60, 2, 40, 50, 60], totals: [false, true, true] }),
  )
  assert.equal(months.places.length, 2 * 3 * 3)
  const first = months.places.filter(({ coordinate }) => coordinate[0] === 0)
  assert.ok(first.every(({ hidden }) => hidden === undefined))
})

test('a cube of small counts only shows nothing at all; what is no cube has no answer', () => {
  const tiny = valueOf(protectCube({ sizes: [1, 1], counts: [4] }))
  assert.ok(tiny.places.every(({ count }) => count === undefined))
  expectReason(protectCube({ sizes: [2], counts: [0, 0] }), 'empty')
  expectReason(protectCube({ sizes: [2], counts: [1, 2, 3] }), 'invalid-input')
  expectReason(protectCube({ sizes: [2], counts: [40, 50] }, 3), 'invalid-input')
  expectReason(protectCube({ sizes: [], counts: [] }), 'empty')
})

test('a cube of region × month × sex × three age bands is protected within a second', () => {
  let seed = 7
  const counts = Array.from({ length: 5 * 6 * 2 * 3 }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) ** 2 * 45)
  })
  const cube = { sizes: [6, 5, 2, 3], counts, totals: [false, true, true, true] }
  const found = valueOf(protectCube(cube))
  assert.ok(found.narrowest >= 10 - 1e-6)
  assert.ok(found.hiddenSmall > 20)
  assert.equal(JSON.stringify(valueOf(protectCube(cube))), JSON.stringify(found))
})

test('no hidden count can be narrowed below the threshold, no small count is shown, totals still add up', () => {
  const table = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }))
    .chain(([rows, columns]) =>
      fc
        .array(fc.integer({ min: 0, max: 60 }), { minLength: rows * columns, maxLength: rows * columns })
        .map((counts) => ({ sizes: [rows, columns], counts })),
    )
  fc.assert(
    fc.property(table, fc.integer({ min: 5, max: 10 }), (cube, threshold) => {
      const found = protectCube(cube, threshold)
      if (found.kind === 'no-answer') return
      const whole = publishTable(cube)
      found.value.places.forEach(({ count, hidden }, place) => {
        if (hidden === undefined) assert.ok((count ?? 0) >= threshold)
        else assert.equal(hidden === 'small', (whole.values[place] ?? 0) < threshold)
        if (count !== undefined) assert.equal(count, whole.values[place])
      })
      for (const { low, high, place } of found.value.audit) {
        assert.ok(high - low >= threshold - 1e-6)
        const truth = whole.values[place] ?? -1
        assert.ok(low <= truth + 1e-6 && truth <= high + 1e-6)
      }
    }),
    { seed: 16, numRuns: 60 },
  )
})
