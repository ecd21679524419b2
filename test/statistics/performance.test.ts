import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { quantileOfSorted } from '../../src/statistics/intervals/interval.ts'
import {
  expectedAuc,
  performanceWithoutLabels,
} from '../../src/statistics/performance/label-free-performance.ts'
import { projectBaseline } from '../../src/statistics/performance/projected-baseline.ts'
import {
  crossFitTemperature,
  fitTemperature,
  softmaxAt,
} from '../../src/statistics/performance/temperature.ts'
import { close, expectReason, valueOf, warningsOf } from './expect-answer.ts'
import { readOracle } from './oracles/oracle.ts'

type Recorded = {
  logits: number[][]
  labels: number[]
  temperature: number
  loss_before: number
  loss_after: number
  values: number[]
  quantiles: [number, number][]
}
const recorded = readOracle<Recorded>('calibration')
const real = { card: 'real', site: 'real' } as const

test('temperature and log-loss agree with SciPy; quantiles with numpy', () => {
  const found = valueOf(fitTemperature(recorded))
  close(found.temperature, recorded.temperature, 1e-6)
  close(found.logLossBefore, recorded.loss_before)
  close(found.logLossAfter, recorded.loss_after)
  const sorted = Float64Array.from(recorded.values).sort()
  for (const [p, value] of recorded.quantiles) close(quantileOfSorted(sorted, p), value)
})

test('cross-fitting never calibrates a fold on itself', () => {
  const folds = recorded.labels.map((_, i) => i % 5)
  const found = valueOf(crossFitTemperature({ ...recorded, folds }))
  assert.equal(found.temperatures.length, 5)
  const kept = recorded.labels.flatMap((_, i) => (i % 5 === 2 ? [] : [i]))
  const without = valueOf(
    fitTemperature({
      logits: kept.map((i) => recorded.logits[i] ?? []),
      labels: kept.map((i) => recorded.labels[i] ?? 0),
    }),
  )
  close(found.temperatures[2] ?? 0, without.temperature)
  const own = softmaxAt(recorded.logits[2] ?? [], without.temperature)
  own.forEach((p, k) => {
    close(found.probabilities[2]?.[k] ?? 0, p)
  })
})

test('temperature has no answer without classes, and says so where labels fit perfectly', () => {
  expectReason(fitTemperature({ logits: [], labels: [] }), 'empty')
  expectReason(fitTemperature({ logits: [[1, 2]], labels: [1] }), 'class-never-seen')
  expectReason(fitTemperature({ logits: [[1, Number.NaN]], labels: [1] }), 'invalid-input')
  expectReason(crossFitTemperature({ ...recorded, folds: [1] }), 'invalid-input')
  expectReason(crossFitTemperature({ ...recorded, folds: recorded.labels.map(() => 1) }), 'too-few')
  const perfect = fitTemperature({
    logits: [
      [1, 0],
      [0, 1],
    ],
    labels: [0, 1],
  })
  assert.ok(warningsOf(perfect).includes('not-converged'))
})

test('performance without labels, by hand', () => {
  const groups = [
    { count: 10, called: 0, posterior: [0.8, 0.2], scores: [2, -2] },
    { count: 30, called: 1, posterior: [0.1, 0.9], scores: [1, -1] },
  ]
  const found = valueOf(
    performanceWithoutLabels({ domains: real, classes: 2, groups, posterior: 'severity-aware' }),
  )
  const [first] = found.classes
  assert.ok(first)
  close(first.truePositives, 8)
  close(first.falsePositives, 2)
  close(first.falseNegatives, 3)
  close(first.trueNegatives, 27)
  close(first.positivePredictiveValue ?? 0, 0.8)
  close(first.sensitivity ?? 0, 8 / 11)
  // positives 8 above, 3 below; negatives 2 above, 27 below: (8·27 + 8·1 + 3·13.5)/(11·29)
  close(first.auc ?? 0, (8 * (27 + 1) + 3 * 13.5) / (11 * 29))
  close(found.accuracy, (8 + 27) / 40)
})

test('a share without people has no figure, a synthetic card judges no real clinic', () => {
  const groups = [{ count: 50, called: 1, posterior: [0, 1] }]
  const input = { classes: 2, groups, posterior: 'class-level' } as const
  const found = performanceWithoutLabels({ ...input, domains: real })
  assert.equal(valueOf(found).classes[0]?.positivePredictiveValue, undefined)
  assert.equal(valueOf(found).classes[0]?.sensitivity, undefined)
  assert.deepEqual(warningsOf(found), ['blind-to-concept-drift', 'assumes-unchanged-severity'])
  expectReason(
    performanceWithoutLabels({ ...input, domains: { card: 'synthetic', site: 'real' } }),
    'domain-mismatch',
  )
  expectReason(performanceWithoutLabels({ ...input, domains: real, groups: [] }), 'empty')
  const odd = [{ count: 5, called: 1, posterior: [0.2, 0.2] }]
  expectReason(performanceWithoutLabels({ ...input, domains: real, groups: odd }), 'invalid-input')
  assert.equal(expectedAuc([{ score: 1, positive: 1, negative: 0 }]), undefined)
})

test('groups may be split, merged and reordered', () => {
  const group = fc.record({
    count: fc.integer({ min: 15, max: 40 }),
    called: fc.integer({ min: 0, max: 1 }),
    p: fc.integer({ min: 0, max: 100 }),
    score: fc.integer({ min: 0, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(group, { minLength: 2, maxLength: 12 }), (drawn) => {
      const groups = drawn.map(({ count, called, p, score }) => ({
        count,
        called,
        posterior: [p / 100, 1 - p / 100],
        scores: [score, -score],
      }))
      const split = groups.flatMap((one) => [
        { ...one, count: one.count - 1 },
        { ...one, count: 1 },
      ])
      const input = { domains: real, classes: 2, posterior: 'severity-aware' } as const
      const here = valueOf(performanceWithoutLabels({ ...input, groups }))
      const there = valueOf(performanceWithoutLabels({ ...input, groups: split.reverse() }))
      close(there.accuracy, here.accuracy)
      close(there.classes[0]?.auc ?? 0, here.classes[0]?.auc ?? 0)
      close(there.classes[1]?.truePositives ?? 0, here.classes[1]?.truePositives ?? 1)
    }),
    { seed: 10, numRuns: 80 },
  )
})

test('projecting on the published external mix: section 10 in numbers', () => {
  // A matrix with the anchor's osteoporosis sensitivity .73 and specificity .97 at the mix 17.4/61.6/21.0.
  const validation = [
    [127, 15, 0],
    [47, 590, 28],
    [0, 11, 182],
  ]
  const mix = [0.174, 0.616, 0.21]
  const found = valueOf(projectBaseline({ domains: real, validation, mix }))
  assert.ok(Math.abs((found.classes[0]?.sensitivity ?? 0) - 0.73) < 0.01)
  assert.ok(Math.abs((found.classes[0]?.specificity ?? 0) - 0.98) < 0.01)
  const healthier = valueOf(projectBaseline({ domains: real, validation, mix: [0.05, 0.5, 0.45] }))
  assert.ok(
    (healthier.classes[0]?.positivePredictiveValue ?? 1) < (found.classes[0]?.positivePredictiveValue ?? 0),
  )
  expectReason(projectBaseline({ domains: real, validation, mix: [1, 0, 0] }), 'invalid-input')
  expectReason(
    projectBaseline({ domains: { card: 'synthetic', site: 'real' }, validation, mix }),
    'domain-mismatch',
  )
})
