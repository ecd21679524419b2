import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { apply, conditionNumber } from '../../../src/statistics/maths/linear-algebra.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { projectOntoSimplex } from '../../../src/statistics/maths/simplex.ts'
import { smoothedColumns } from '../../../src/statistics/prevalence/confusion-matrix.ts'
import { constrainedShares } from '../../../src/statistics/prevalence/constrained-shares.ts'
import { correctedPrevalence } from '../../../src/statistics/prevalence/corrected-prevalence.ts'
import { mergeSmallStrata } from '../../../src/statistics/prevalence/live-shares.ts'
import { close, expectReason, valueOf, warningsOf } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

type Recorded = {
  counts: number[][]
  live: number[]
  shares: number[]
  covariance: number[][]
  condition: number
  points: number[][]
  nearest: number[][]
  flat_matrix: number[][]
  target: number[]
  misfit: number
}
const recorded = readOracle<Recorded>('prevalence')
const real = { card: 'real', site: 'real' } as const
const input = {
  domains: real,
  validation: [recorded.counts],
  live: { kind: 'pooled', counts: recorded.live },
} as const

test('shares and covariance agree with a numerical delta method to 1e-6', () => {
  const found = valueOf(correctedPrevalence({ ...input, random: createRandom(1) }))
  recorded.shares.forEach((share, k) => {
    close(found.classes[k]?.unprojected ?? 0, share)
    close(found.classes[k]?.standardError ?? 0, Math.sqrt(recorded.covariance[k]?.[k] ?? 0), 1e-6)
    recorded.covariance[k]?.forEach((entry, j) => {
      assert.ok(Math.abs((found.covariance[k]?.[j] ?? 0) - entry) < 1e-6 * 1e-3)
    })
  })
  close(conditionNumber(smoothedColumns(recorded.counts)), recorded.condition)
  assert.deepEqual(found.validationPeople, [105, 372, 126])
  assert.equal(found.livePeople, 2000)
  assert.equal(found.limitedBy, 'validation')
  assert.equal(found.sites, 1)
})

test('projection and constrained least squares agree with SciPy', () => {
  recorded.points.forEach((point, i) => {
    projectOntoSimplex(point).forEach((value, k) => {
      close(value, recorded.nearest[i]?.[k] ?? 0, 1e-6)
    })
  })
  const shares = constrainedShares(recorded.flat_matrix, recorded.target)
  const misfit = apply(recorded.flat_matrix, shares).reduce(
    (sum, value, i) => sum + (value - (recorded.target[i] ?? 0)) ** 2,
    0,
  )
  assert.ok(misfit <= recorded.misfit + 1e-12)
  close(
    shares.reduce((sum, share) => sum + share, 0),
    1,
    1e-12,
  )
})

test('one site says so and shows a band; two sites widen by how much they differ', () => {
  const one = correctedPrevalence({ ...input, random: createRandom(1) })
  assert.ok(warningsOf(one).includes('one-validation-site'))
  const band = valueOf(one).classes[0]?.sensitivityBand
  assert.ok(band && band.low < (valueOf(one).classes[0]?.estimate ?? 0))
  assert.ok(band.high > (valueOf(one).classes[0]?.estimate ?? 1))
  const half = (up: number) =>
    recorded.counts.map((row, i) => row.map((c) => Math.round(c / 2) + (i === 0 ? up : 0)))
  const like = correctedPrevalence({
    ...input,
    validation: [half(0), half(0), half(0)],
    random: createRandom(1),
  })
  const unlike = correctedPrevalence({
    ...input,
    validation: [half(0), half(30), half(60)],
    random: createRandom(1),
  })
  const widthOf = (found: typeof like): number => {
    const [first] = valueOf(found).classes
    return (first?.high ?? 0) - (first?.low ?? 0)
  }
  assert.ok(!warningsOf(like).includes('one-validation-site'))
  assert.ok(widthOf(unlike) > 2 * widthOf(like))
  assert.equal(valueOf(unlike).limitedBy, 'between-sites')
})

test('limits at the border come from a bootstrap and are never of zero width', () => {
  const found = correctedPrevalence({
    ...input,
    live: { kind: 'pooled', counts: [2, 60, 138] },
    random: createRandom(4),
  })
  assert.ok(warningsOf(found).includes('limits-from-bootstrap'))
  const [first] = valueOf(found).classes
  assert.ok(first && first.high > 0.005 && first.low >= 0 && first.high <= 1)
})

test('clinics that differ widen the limits; a handful of clinics is not enough to tell', () => {
  const clinics = (spread: number) =>
    Array.from({ length: 12 }, (_, c) => {
      const up = (c % 2 === 0 ? 1 : -1) * spread
      return [30 + up, 120 - up, 45]
    })
  const width = (counts: number[][]) => {
    const found = correctedPrevalence({
      ...input,
      live: { kind: 'clusters', counts },
      random: createRandom(1),
    })
    return valueOf(found).classes[0]?.standardError ?? 0
  }
  assert.ok(width(clinics(25)) > width(clinics(0)) * 1.1)
  const few = correctedPrevalence({
    ...input,
    live: { kind: 'clusters', counts: clinics(5).slice(0, 4) },
    random: createRandom(1),
  })
  assert.ok(warningsOf(few).includes('few-clusters'))
})

test('standardising: equal strata change nothing, weights move the shares, small strata are merged', () => {
  const counts = [31, 124, 45]
  const same = correctedPrevalence({
    ...input,
    live: { kind: 'strata', strata: [1, 2, 5].map((weight) => ({ weight, counts })) },
    random: createRandom(1),
  })
  const pooled = correctedPrevalence({ ...input, live: { kind: 'pooled', counts }, random: createRandom(1) })
  close(valueOf(same).classes[0]?.unprojected ?? 0, valueOf(pooled).classes[0]?.unprojected ?? 1)
  const merged = mergeSmallStrata([
    { weight: 1, counts: [3, 3, 2] },
    { weight: 1, counts: [1, 1, 1] },
    { weight: 2, counts: [20, 20, 20] },
    { weight: 1, counts: [2, 0, 0] },
  ])
  assert.deepEqual(merged, [
    { weight: 2, counts: [4, 4, 3] },
    { weight: 3, counts: [22, 20, 20] },
  ])
})

test('no answer where the method does not hold', () => {
  const random = createRandom(1)
  expectReason(
    correctedPrevalence({ ...input, domains: { card: 'synthetic', site: 'real' }, random }),
    'domain-mismatch',
  )
  expectReason(correctedPrevalence({ ...input, validation: [], random }), 'empty')
  expectReason(
    correctedPrevalence({ ...input, live: { kind: 'pooled', counts: [0, 0, 0] }, random }),
    'empty',
  )
  expectReason(
    correctedPrevalence({ ...input, live: { kind: 'pooled', counts: [1, 1, 2] }, random }),
    'too-few',
  )
  expectReason(
    correctedPrevalence({ ...input, live: { kind: 'pooled', counts: [1, 1] }, random }),
    'invalid-input',
  )
  const unseen = recorded.counts.map((row) => [row[0] ?? 0, row[1] ?? 0, 0])
  expectReason(correctedPrevalence({ ...input, validation: [unseen], random }), 'class-never-seen')
  const blind = [
    [30, 30, 30],
    [60, 60, 60],
    [10, 10, 10],
  ]
  expectReason(correctedPrevalence({ ...input, validation: [blind], random }), 'singular')
  const poor = [
    [40, 35, 32],
    [35, 38, 36],
    [25, 27, 32],
  ]
  const weak = correctedPrevalence({ ...input, validation: [poor], draws: 200, random })
  assert.equal(valueOf(weak).method, 'constrained-least-squares')
})

const counts3 = fc.tuple(
  fc.integer({ min: 5, max: 500 }),
  fc.integer({ min: 5, max: 500 }),
  fc.integer({ min: 5, max: 500 }),
)

test('shares sum to 1, stay inside their limits, and the same bytes come out again', () => {
  fc.assert(
    fc.property(counts3, fc.integer({ min: 1, max: 1000 }), (counts, seed) => {
      const once = () =>
        correctedPrevalence({
          ...input,
          live: { kind: 'pooled', counts },
          draws: 100,
          random: createRandom(seed),
        })
      const found = valueOf(once())
      close(
        found.classes.reduce((sum, { estimate }) => sum + estimate, 0),
        1,
      )
      for (const { estimate, low, high } of found.classes)
        assert.ok(low >= 0 && high <= 1 && low <= estimate && estimate <= high && low < high)
      assert.equal(JSON.stringify(once()), JSON.stringify(once()))
    }),
    { seed: 3, numRuns: 40 },
  )
})
