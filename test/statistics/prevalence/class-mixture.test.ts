import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { classMixFromBins, classMixFromScores } from '../../../src/statistics/prevalence/class-mixture.ts'
import { close, expectReason, valueOf, warningsOf } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

type Recorded = {
  card: number[][]
  live: number[]
  mix_from_bins: number[]
  prior: number[]
  posteriors: number[][]
  mix_from_scores: number[]
}
const recorded = readOracle<Recorded>('mixtures')

test('EM reaches the maximum that SciPy finds, on scores and on bins, to 2e-3', () => {
  // EM stops at a relative change of 1e-9 of the log-likelihood; the likelihood is that flat around its maximum.
  const fromBins = valueOf(classMixFromBins({ classCounts: recorded.card, live: recorded.live }))
  const fromScores = valueOf(classMixFromScores({ posteriors: recorded.posteriors, prior: recorded.prior }))
  recorded.mix_from_bins.forEach((value, k) => {
    assert.ok(Math.abs((fromBins.classes[k]?.estimate ?? 0) - value) < 2e-3)
  })
  recorded.mix_from_scores.forEach((value, k) => {
    assert.ok(Math.abs((fromScores.classes[k]?.estimate ?? 0) - value) < 2e-3)
  })
})

test('classes that never share a bin are counted exactly', () => {
  const classCounts = [
    [400_000, 0, 0],
    [0, 400_000, 0],
    [0, 0, 400_000],
  ]
  const found = valueOf(classMixFromBins({ classCounts, live: [10, 30, 60] }))
  ;[0.1, 0.3, 0.6].forEach((truth, k) => {
    close(found.classes[k]?.estimate ?? 0, truth, 1e-4)
  })
})

test('the bootstrap gives limits; without one the limits say that there are none', () => {
  const bare = valueOf(classMixFromBins({ classCounts: recorded.card, live: recorded.live }))
  assert.equal(bare.classes[0]?.level, 0)
  const bootstrap = { random: createRandom(3), draws: 100 }
  const found = valueOf(classMixFromBins({ classCounts: recorded.card, live: recorded.live, bootstrap }))
  const [first] = found.classes
  assert.ok(first && first.low < first.estimate && first.estimate < first.high && first.level === 0.95)
  const scores = classMixFromScores({
    posteriors: recorded.posteriors,
    prior: recorded.prior,
    bootstrap: { random: createRandom(3), draws: 50 },
  })
  assert.ok(warningsOf(scores).includes('assumes-unchanged-severity'))
  assert.ok((valueOf(scores).classes[1]?.high ?? 0) > (valueOf(scores).classes[1]?.low ?? 1))
})

test('no answer where the method does not hold', () => {
  expectReason(classMixFromScores({ posteriors: [], prior: [0.5, 0.5] }), 'empty')
  expectReason(classMixFromScores({ posteriors: [[0.4, 0.6]], prior: [0, 1] }), 'class-never-seen')
  expectReason(classMixFromScores({ posteriors: [[0.4]], prior: [0.5, 0.5] }), 'invalid-input')
  expectReason(classMixFromScores({ posteriors: [[0.4, Number.NaN]], prior: [0.5, 0.5] }), 'invalid-input')
  expectReason(classMixFromBins({ classCounts: recorded.card, live: [0, 0] }), 'empty')
  expectReason(classMixFromBins({ classCounts: recorded.card, live: [1, 2] }), 'invalid-input')
  expectReason(
    classMixFromBins({
      classCounts: [
        [1, 2],
        [0, 0],
      ],
      live: [1, 2],
    }),
    'class-never-seen',
  )
})

test('shares sum to 1, and neither the order of people nor of bins matters', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], { minLength: 12 }), (order) => {
      const pick = (values: readonly number[]) => order.map((i) => values[i] ?? 0)
      const found = valueOf(
        classMixFromBins({ classCounts: recorded.card.map(pick), live: pick(recorded.live) }),
      )
      const plain = valueOf(classMixFromBins({ classCounts: recorded.card, live: recorded.live }))
      close(
        found.classes.reduce((sum, { estimate }) => sum + estimate, 0),
        1,
      )
      found.classes.forEach(({ estimate }, k) => {
        close(estimate, plain.classes[k]?.estimate ?? 0, 1e-6)
      })
    }),
    { seed: 9, numRuns: 30 },
  )
})
