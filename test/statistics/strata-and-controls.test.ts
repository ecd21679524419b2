import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { explainedByMix } from '../../src/statistics/drift/explained-by-mix.ts'
import { testAfterReweighting } from '../../src/statistics/drift/severity-adjusted-control.ts'
import { countScores } from '../../src/statistics/inputs/score-bins.ts'
import { drawNormal } from '../../src/statistics/maths/draws.ts'
import { createRandom } from '../../src/statistics/maths/random.ts'
import { correctedPrevalence } from '../../src/statistics/prevalence/corrected-prevalence.ts'
import { combineStrata } from '../../src/statistics/prevalence/stratified-prevalence.ts'
import { compareWithMatrix } from '../../src/statistics/severity/severity-against-matrix.ts'
import { fitSeverityCard } from '../../src/statistics/severity/severity-card.ts'
import { close, expectReason, valueOf, warningsOf } from './expect-answer.ts'

const validation = [
  [90, 22, 1],
  [14, 330, 17],
  [1, 20, 108],
]
const correct = (counts: number[]) =>
  valueOf(
    correctedPrevalence({
      domains: { card: 'real', site: 'real' },
      validation: [validation],
      live: { kind: 'pooled', counts },
      random: createRandom(1),
    }),
  )

test('strata with their own matrix: weights combine points and variances', () => {
  const women = correct([120, 300, 80])
  const men = correct([30, 160, 110])
  const found = valueOf(
    combineStrata([
      { weight: 3, prevalence: women },
      { weight: 1, prevalence: men },
    ]),
  )
  const expected = 0.75 * (women.classes[0]?.unprojected ?? 0) + 0.25 * (men.classes[0]?.unprojected ?? 0)
  close(found.classes[0]?.estimate ?? 0, expected)
  const variance = 0.5625 * (women.covariance[0]?.[0] ?? 0) + 0.0625 * (men.covariance[0]?.[0] ?? 0)
  close(found.classes[0]?.standardError ?? 0, Math.sqrt(variance))
  const alone = valueOf(combineStrata([{ weight: 7, prevalence: women }]))
  close(alone.classes[1]?.high ?? 0, women.classes[1]?.high ?? 1)
  expectReason(combineStrata([]), 'empty')
  expectReason(combineStrata([{ weight: 0, prevalence: men }]), 'invalid-input')
})

test('a changed age and sex mix explains its part', () => {
  const reference = [
    [80, 20],
    [20, 80],
  ]
  close(valueOf(explainedByMix({ reference, live: [50, 50] })).index, 0)
  const older = valueOf(explainedByMix({ reference, live: [0, 300] }))
  assert.ok(older.index > 0.3)
  assert.deepEqual(older.reweighted, [40, 160])
  expectReason(explainedByMix({ reference, live: [0, 0] }), 'empty')
  expectReason(
    explainedByMix({
      reference: [
        [0, 0],
        [1, 2],
      ],
      live: [5, 5],
    }),
    'class-never-seen',
  )
  expectReason(explainedByMix({ reference, live: [1, 2, 3] }), 'invalid-input')
})

const momentsOf = (values: readonly number[]) => ({
  films: values.length,
  sum: values.reduce((sum, value) => sum + value, 0),
  sumOfSquares: values.reduce((sum, value) => sum + value * value, 0),
})

test('a control that moves with severity is silent for a new population and speaks for a new scanner', () => {
  const random = createRandom(4)
  const draw = (mean: number, shift: number, people: number) => {
    const bins = Array.from({ length: 6 }, (): number[] => [])
    for (let i = 0; i < people; i += 1) {
      const severity = mean + drawNormal(random)
      const bin = Math.min(5, Math.max(0, Math.floor(severity + 3)))
      bins[bin]?.push(2 * bin + shift + drawNormal(random))
    }
    return bins.map(momentsOf)
  }
  const reference = draw(0, 0, 3000)
  const population = valueOf(testAfterReweighting({ reference, live: draw(-1, 0, 1500) }))
  const scanner = valueOf(testAfterReweighting({ reference, live: draw(0, 0.3, 1500) }))
  assert.ok(population.p > 0.01, `${population.p}`)
  assert.ok(scanner.p < 1e-6)
  assert.ok(Math.abs(scanner.difference - 0.3) < 0.12)
  const none = { films: 0, sum: 0, sumOfSquares: 0 }
  expectReason(testAfterReweighting({ reference, live: reference.map(() => none) }), 'empty')
  expectReason(testAfterReweighting({ reference: reference.map(() => none), live: reference }), 'too-few')
  expectReason(testAfterReweighting({ reference, live: [none] }), 'invalid-input')
})

test('matrix and severity-aware estimates agree on the card’s own population, and part where severity moved', () => {
  const random = createRandom(31)
  const severity = Float64Array.from({ length: 800 }, () => -1.69 + 0.86 * drawNormal(random))
  const thresholds = [-2.44, -1]
  const card = valueOf(
    fitSeverityCard({
      domain: 'real',
      severity,
      score: severity.map((t) => t + 0.3 * drawNormal(random)),
      thresholds,
      response: 'location-scale',
    }),
  )
  const called = Array.from({ length: card.edges.length + 1 }, (_, b) => {
    const edge = card.edges[b] ?? Number.POSITIVE_INFINITY
    return edge <= -2.44 ? 0 : edge <= -1 ? 1 : 2
  })
  const window = (mean: number, sd: number) =>
    countScores(
      card.edges,
      Float64Array.from({ length: 8000 }, () => mean + sd * drawNormal(random) + 0.3 * drawNormal(random)),
    )
  const same = compareWithMatrix({
    card,
    site: card.domain,
    live: window(-1.69, 0.86),
    called,
    random,
    draws: 100,
  })
  assert.equal(valueOf(same).differs, false)
  const other = compareWithMatrix({
    card,
    site: card.domain,
    live: window(0.2, 1.2),
    called,
    random,
    draws: 100,
  })
  assert.equal(valueOf(other).differs, true)
  assert.ok(warningsOf(other).includes('differs-from-matrix'))
  expectReason(compareWithMatrix({ card, site: card.domain, live: [1], called, random }), 'invalid-input')
})

test('re-weighting by the reference’s own mix changes nothing', () => {
  const rows = fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 3, maxLength: 3 }), {
    minLength: 2,
    maxLength: 4,
  })
  fc.assert(
    fc.property(rows, (reference) => {
      const live = reference.map((row) => row.reduce((sum, count) => sum + count, 0))
      const found = valueOf(explainedByMix({ reference, live }))
      close(found.index, 0, 1e-12)
    }),
    { seed: 18, numRuns: 60 },
  )
})
