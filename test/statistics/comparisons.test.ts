import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { populationStability, stabilityIndex } from '../../src/statistics/drift/population-stability.ts'
import { benjaminiHochberg } from '../../src/statistics/intervals/false-discovery.ts'
import { kolmogorovSmirnov } from '../../src/statistics/intervals/kolmogorov-smirnov.ts'
import { chiSquareTwoSample, windowLimits } from '../../src/statistics/intervals/two-sample-tests.ts'
import { cohenKappa, fleissKappa } from '../../src/statistics/performance/agreement.ts'
import { close, expectReason, valueOf } from './expect-answer.ts'
import { readOracle } from './oracles/oracle.ts'

type Recorded = {
  chi_square: [table: [number[], number[]], statistic: number, p: number, df: number][]
  kolmogorov_smirnov: { reference: number[]; live: number[]; distance: number; p: number }[]
  benjamini_hochberg: { p: number[]; adjusted: number[] }
  cohen_kappa: [table: number[][], kappa: number, error: number][]
  fleiss_kappa: [ratings: number[][], kappa: number]
}
const recorded = readOracle<Recorded>('comparisons')

test('two-sample chi-square agrees with SciPy', () => {
  for (const [[reference, live], statistic, p, df] of recorded.chi_square) {
    const found = valueOf(chiSquareTwoSample({ reference, live }))
    close(found.statistic, statistic)
    close(found.p, p)
    assert.equal(found.df, df)
  }
})

test('Kolmogorov–Smirnov agrees with SciPy: exact up to n·m = 10,000', () => {
  for (const { reference, live, distance, p } of recorded.kolmogorov_smirnov) {
    const found = valueOf(kolmogorovSmirnov({ reference, live }))
    close(found.distance, distance)
    assert.equal(found.method, 'exact')
    close(found.p, p)
  }
  const many = Array.from({ length: 101 }, (_, i) => i)
  assert.equal(valueOf(kolmogorovSmirnov({ reference: many, live: many })).method, 'asymptotic')
})

test('Kolmogorov–Smirnov by hand: 2 against 2 apart has p = 1/3', () => {
  const found = valueOf(kolmogorovSmirnov({ reference: [1, 2], live: [3, 4] }))
  close(found.distance, 1)
  close(found.p, 1 / 3)
})

test('Benjamini–Hochberg agrees with statsmodels, kappas with scikit-learn and statsmodels', () => {
  const { p, adjusted } = recorded.benjamini_hochberg
  const found = valueOf(benjaminiHochberg(p))
  adjusted.forEach((value, i) => {
    close(found.adjusted[i] ?? 0, value)
    assert.equal(found.discovered[i], value <= 0.05)
  })
  for (const [table, kappa, error] of recorded.cohen_kappa) {
    const agreement = valueOf(cohenKappa(table))
    close(agreement.estimate, kappa)
    close(agreement.standardError, error)
  }
  const [ratings, kappa] = recorded.fleiss_kappa
  close(valueOf(fleissKappa(ratings)).estimate, kappa)
})

test('the stability index by hand, with 1/2 added to each cell', () => {
  // (10.5/31, 20.5/31) against (20.5/31, 10.5/31)
  const p = 10.5 / 31
  close(stabilityIndex([10, 20], [20, 10]), 2 * (1 - 2 * p) * Math.log((1 - p) / p), 1e-12)
  const found = valueOf(populationStability({ reference: [20, 10], live: [10, 20] }))
  close(found.noise, 1 / 30 + 1 / 30)
  assert.equal(found.effect, 'large')
  assert.equal(found.alarm, found.p < 0.05)
})

test('the same change is an alarm in a large window and none in a small one', () => {
  const reference = [300, 300, 300]
  const small = valueOf(populationStability({ reference, live: [14, 10, 6] }))
  const large = valueOf(populationStability({ reference, live: [1400, 1000, 600] }))
  assert.ok(!small.alarm && large.alarm)
  assert.ok(small.index > 0.05 && large.index > 0.05)
})

test('limits of a window follow from both sizes', () => {
  const limits = valueOf(
    windowLimits({ reference: { successes: 100, trials: 500 }, live: { successes: 30, trials: 100 } }),
  )
  close(limits.z, 0.1 / Math.sqrt(0.16 * (1 / 500 + 1 / 100)))
  close((limits.low + limits.high) / 2, 0.2)
})

test('no answer where there is nothing to compare', () => {
  expectReason(chiSquareTwoSample({ reference: [0, 0], live: [1, 2] }), 'empty')
  expectReason(chiSquareTwoSample({ reference: [1, 0], live: [2, 0] }), 'too-few')
  expectReason(chiSquareTwoSample({ reference: [1, 2], live: [1, 2, 3] }), 'invalid-input')
  expectReason(populationStability({ reference: [5], live: [5] }), 'too-few')
  expectReason(populationStability({ reference: [5, 1], live: [-5, 9] }), 'invalid-input')
  expectReason(kolmogorovSmirnov({ reference: [], live: [1] }), 'empty')
  expectReason(kolmogorovSmirnov({ reference: [1], live: [Number.NaN] }), 'invalid-input')
  expectReason(benjaminiHochberg([]), 'empty')
  expectReason(benjaminiHochberg([0.2, 1.2]), 'invalid-input')
  expectReason(
    cohenKappa([
      [5, 0],
      [0, 0],
    ]),
    'uninformative',
  )
  expectReason(fleissKappa([[1, 0]]), 'too-few')
  expectReason(
    fleissKappa([
      [2, 0],
      [1, 0],
    ]),
    'invalid-input',
  )
})

const bins = fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 80 })), {
  minLength: 3,
  maxLength: 12,
})

test('order of bins does not matter, equal bins may be merged, merging never raises chi-square, no change gives 0', () => {
  fc.assert(
    fc.property(bins, (pairs) => {
      const rows = [[40, 30], ...pairs] as [number, number][]
      const compare = (list: readonly (readonly [number, number])[]) =>
        chiSquareTwoSample({ reference: list.map(([r]) => r), live: list.map(([, l]) => l) })
      const here = compare(rows)
      if (here.kind === 'no-answer') return
      close(valueOf(compare([...rows].reverse())).statistic, here.value.statistic, 1e-9)
      const index = stabilityIndex(
        rows.map(([, l]) => l),
        rows.map(([r]) => r),
      )
      assert.ok(index >= 0)
      const backwards = [...rows].reverse()
      close(
        stabilityIndex(
          backwards.map(([, l]) => l),
          backwards.map(([r]) => r),
        ),
        index,
      )
      // Splitting a bin into two halves of the same make-up leaves the statistic as it was.
      const split = rows.map(([r, l]) => [2 * r, 2 * l] as const)
      const halves = [
        ...rows.slice(1).map(([r, l]) => [2 * r, 2 * l] as const),
        [40, 30] as const,
        [40, 30] as const,
      ]
      close(valueOf(compare(halves)).statistic, valueOf(compare(split)).statistic, 1e-9)
      const [a, b, ...rest] = rows
      if (a && b) {
        const merged = compare([[a[0] + b[0], a[1] + b[1]], ...rest])
        if (merged.kind === 'answer') assert.ok(merged.value.statistic <= here.value.statistic + 1e-9)
      }
      const still = valueOf(compare(rows.map(([r]) => [r + 1, r + 1])))
      close(still.statistic, 0, 1e-9)
    }),
    { seed: 6, numRuns: 150 },
  )
})

test('adjusted p are ordered like p, never smaller, and the test is symmetric', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
      (p) => {
        const { adjusted } = valueOf(benjaminiHochberg(p))
        p.forEach((value, i) => {
          assert.ok((adjusted[i] ?? 0) >= value - 1e-15 && (adjusted[i] ?? 2) <= 1)
          p.forEach((other, j) => {
            if (value < other) assert.ok((adjusted[i] ?? 0) <= (adjusted[j] ?? 0) + 1e-15)
          })
        })
      },
    ),
    { seed: 7, numRuns: 100 },
  )
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 25 }),
      (x, y) => {
        const there = valueOf(kolmogorovSmirnov({ reference: x, live: y }))
        const back = valueOf(kolmogorovSmirnov({ reference: y, live: x }))
        close(there.distance, back.distance)
        close(there.p, back.p)
        assert.ok(there.p >= 0 && there.p <= 1)
      },
    ),
    { seed: 8, numRuns: 100 },
  )
})
