import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { langReiczigel, roganGladen } from '../../../src/statistics/prevalence/two-class-prevalence.ts'
import { close, expectReason, valueOf, warningsOf } from '../expect-answer.ts'

const accuracy = {
  sensitivity: { successes: 90, trials: 100 },
  specificity: { successes: 368, trials: 400 },
}

test('rogan-gladen by hand: (.162 + .92 − 1)/.82 = .1', () => {
  const found = valueOf(roganGladen({ positives: 162, tested: 1000, ...accuracy }))
  close(found.prevalence, 0.1, 1e-12)
  close(found.raw, 0.162)
})

test('lang-reiczigel by hand', () => {
  // n = 500, r = 81, z = 1.959964: n′ = 503.8415, r′ = 82.9207, Se′ = 91/102, Sp′ = 369/402.
  const z = 1.959963984540054
  const p = (81 + z ** 2 / 2) / (500 + z ** 2)
  const se = 91 / 102
  const sp = 369 / 402
  const j = se + sp - 1
  const pi = (p + sp - 1) / j
  const variance =
    (p * (1 - p)) / (500 + z ** 2) + (pi ** 2 * se * (1 - se)) / 102 + ((1 - pi) ** 2 * sp * (1 - sp)) / 402
  const shift = 2 * z ** 2 * ((pi * se * (1 - se)) / 102 - ((1 - pi) * sp * (1 - sp)) / 402)
  const found = valueOf(langReiczigel({ positives: 81, tested: 500, ...accuracy }))
  close(found.low, pi + shift - (z * Math.sqrt(variance)) / j)
  close(found.high, pi + shift + (z * Math.sqrt(variance)) / j)
  close(found.prevalence, 0.1, 1e-12)
})

test('clipping is flagged, and a weak test is refused', () => {
  const none = roganGladen({ positives: 0, tested: 500, ...accuracy })
  assert.equal(valueOf(none).prevalence, 0)
  assert.deepEqual(warningsOf(none), ['clipped'])
  const flat = langReiczigel({ positives: 0, tested: 20_000, ...accuracy })
  assert.ok(warningsOf(flat).includes('both-limits-clipped'))
  const guess = { successes: 50, trials: 100 }
  expectReason(
    roganGladen({ positives: 5, tested: 10, sensitivity: guess, specificity: guess }),
    'uninformative',
  )
  expectReason(langReiczigel({ positives: 0, tested: 0, ...accuracy }), 'empty')
  expectReason(
    langReiczigel({ positives: 1, tested: 9, sensitivity: { successes: 0, trials: 0 }, specificity: guess }),
    'empty',
  )
})

test('more positives never lower the prevalence; more validation never widens the limits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 998 }), (positives) => {
      const at = (count: number, scale: number) =>
        valueOf(
          langReiczigel({
            positives: count,
            tested: 1000,
            sensitivity: { successes: 90 * scale, trials: 100 * scale },
            specificity: { successes: 368 * scale, trials: 400 * scale },
          }),
        )
      const here = at(positives, 1)
      assert.ok(at(positives + 1, 1).prevalence >= here.prevalence)
      assert.ok(here.low >= 0 && here.high <= 1 && here.low <= here.high)
      if (here.low > 0 && here.high < 1) {
        const sure = at(positives, 10)
        assert.ok(sure.high - sure.low <= here.high - here.low + 1e-9)
      }
    }),
    { seed: 2, numRuns: 150 },
  )
})
