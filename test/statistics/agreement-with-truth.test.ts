import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalQuantile } from '../../src/statistics/maths/distributions.ts'
import { createRandom } from '../../src/statistics/maths/random.ts'
import { clusteredDeLong } from '../../src/statistics/performance/auc.ts'
import { blandAltman } from '../../src/statistics/performance/bland-altman.ts'
import { operatingCurve } from '../../src/statistics/performance/operating-curves.ts'
import { reliability } from '../../src/statistics/performance/reliability.ts'
import { close, expectReason, valueOf } from './expect-answer.ts'

test('operating curve has the points and the average precision of the textbook example', () => {
  // The example of scikit-learn's average_precision_score, which prints 0.83.
  const positive = [false, false, true, true]
  const curve = valueOf(operatingCurve([0.1, 0.4, 0.35, 0.8], positive))
  close(curve.averagePrecision, 0.5 + 0.5 * (2 / 3))
  assert.deepEqual(
    curve.points.map(({ threshold, sensitivity, specificity }) => [threshold, sensitivity, specificity]),
    [
      [0.8, 0.5, 1],
      [0.4, 0.5, 0.5],
      [0.35, 1, 0.5],
      [0.1, 1, 0],
    ],
  )
  expectReason(operatingCurve([1, 2], [true, true]), 'class-never-seen')
})

test('the area under the ROC curve is the AUC, ties included', () => {
  const random = createRandom(3)
  const positive = Array.from({ length: 200 }, () => random() < 0.3)
  const scores = positive.map((ill) => Math.round(10 * (random() + (ill ? 0.3 : 0))) / 10)
  const { points } = valueOf(operatingCurve(scores, positive))
  let [area, x, y] = [0, 0, 0]
  for (const { sensitivity, specificity } of points) {
    area += ((1 - specificity - x) * (sensitivity + y)) / 2
    x = 1 - specificity
    y = sensitivity
  }
  close(area, valueOf(clusteredDeLong({ scores: [scores], positive })).models[0]?.estimate ?? 0)
})

test('reliability bins hold equal numbers, keep equal chances together, and add up to the gap', () => {
  const predicted = [0.1, 0.1, 0.1, 0.3, 0.6, 0.6, 0.8, 0.9]
  const positive = [false, false, true, false, true, false, true, true]
  const { bins, expectedError } = valueOf(reliability({ predicted, positive, bins: 4 }))
  assert.deepEqual(
    bins.map(({ films }) => films),
    [3, 1, 2, 2],
  )
  close(expectedError, (3 * (1 / 3 - 0.1) + 0.3 + 2 * 0.1 + 2 * 0.15) / 8)
  expectReason(reliability({ predicted: [2], positive: [true] }), 'invalid-input')
  expectReason(reliability({ predicted: [], positive: [] }), 'empty')
})

test('limits of agreement are bias ± 1.96 spread, and hips that repeat each other count once', () => {
  const reference = [-3, -2.5, -2, -1.5, -1, -0.5, 0]
  const measured = [-2.8, -2.6, -1.7, -1.5, -1.2, -0.1, 0.1]
  const once = valueOf(blandAltman({ measured, reference }))
  close(once.bias.estimate, 0.1, 1e-12)
  const spread = Math.sqrt([0.1, -0.2, 0.2, -0.1, -0.3, 0.3, 0].reduce((sum, d) => sum + d * d, 0) / 6)
  close(once.spread, spread, 1e-12)
  close(once.upperLimit.estimate, 0.1 + normalQuantile(0.975) * spread, 1e-12)
  close(once.meanAbsoluteDifference, 1.3 / 7, 1e-12)
  const twice = (values: readonly number[]) => values.flatMap((value) => [value, value])
  const clusters = measured.flatMap((_, i) => [i, i])
  const doubled = valueOf(blandAltman({ measured: twice(measured), reference: twice(reference), clusters }))
  close(doubled.bias.low, once.bias.low, 1e-9)
  close(doubled.bias.high, once.bias.high, 1e-9)
  expectReason(blandAltman({ measured: [1, 2], reference: [1, 2] }), 'too-few')
  expectReason(blandAltman({ measured: [1, 2, 3], reference: [0, 1, 2] }), 'uninformative')
})

test('intervals of bias and limits cover the truth as often as they say', () => {
  const random = createRandom(11)
  const normal = () => normalQuantile(0.5 + (random() - 0.5) * 0.999999)
  const covered = { bias: 0, upper: 0 }
  const rounds = 600
  for (let round = 0; round < rounds; round += 1) {
    const clusters: number[] = []
    const measured: number[] = []
    for (let person = 0; person < 100; person += 1) {
      const shared = 0.8 * normal()
      for (const _ of ['left', 'right']) {
        clusters.push(person)
        measured.push(0.2 + 0.5 * (shared + 0.6 * normal()))
      }
    }
    const found = valueOf(blandAltman({ measured, reference: measured.map(() => 0), clusters }))
    if (found.bias.low <= 0.2 && 0.2 <= found.bias.high) covered.bias += 1
    const upper = 0.2 + 0.5 * normalQuantile(0.975)
    if (found.upperLimit.low <= upper && upper <= found.upperLimit.high) covered.upper += 1
  }
  for (const [name, count] of Object.entries(covered))
    assert.ok(count / rounds > 0.92 && count / rounds < 0.975, `${name} ${count / rounds}`)
})
