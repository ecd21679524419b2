import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clopperPearson, unreadableBounds, wilson } from '../../../src/statistics/intervals/proportions.ts'
import { close, expectReason, valueOf } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

type Row = [successes: number, trials: number, level: number, low: number, high: number]
const recorded = readOracle<{ wilson: Row[]; clopper_pearson: Row[] }>('proportions')

test('wilson and clopper-pearson agree with statsmodels to 1e-9', () => {
  for (const [successes, trials, level, low, high] of recorded.wilson) {
    const found = valueOf(wilson({ successes, trials, level }))
    close(found.low, low)
    close(found.high, high)
  }
  for (const [successes, trials, level, low, high] of recorded.clopper_pearson) {
    const found = valueOf(clopperPearson({ successes, trials, level }))
    close(found.low, low)
    close(found.high, high)
  }
})

test('no answer for no trials, never zero', () => {
  expectReason(wilson({ successes: 0, trials: 0 }), 'empty')
  expectReason(clopperPearson({ successes: 0, trials: 0 }), 'empty')
  expectReason(wilson({ successes: 3, trials: 2 }), 'invalid-input')
  expectReason(wilson({ successes: 0.5, trials: 2 }), 'invalid-input')
  expectReason(wilson({ successes: 1, trials: 2, level: 1 }), 'invalid-input')
  expectReason(clopperPearson({ successes: Number.NaN, trials: 2 }), 'invalid-input')
})

test('unreadable films widen a share to its bounds', () => {
  const bounds = valueOf(unreadableBounds({ successes: 180, trials: 900, unreadable: 100 }))
  close(bounds.low, 0.2 * 0.9)
  close(bounds.high, 0.2 * 0.9 + 0.1)
  expectReason(unreadableBounds({ successes: 0, trials: 0, unreadable: 10 }), 'empty')
})

const share = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([trials, part]) => ({ trials, successes: Math.round(trials * part) }))

test('limits hold the share, mirror, and narrow with the level', () => {
  fc.assert(
    fc.property(share, ({ successes, trials }) => {
      for (const method of [wilson, clopperPearson]) {
        const wide = valueOf(method({ successes, trials, level: 0.99 }))
        const usual = valueOf(method({ successes, trials }))
        const mirrored = valueOf(method({ successes: trials - successes, trials }))
        assert.ok(usual.low <= usual.estimate + 1e-12 && usual.estimate <= usual.high + 1e-12)
        assert.ok(usual.high > usual.low)
        assert.ok(wide.low <= usual.low + 1e-12 && wide.high >= usual.high - 1e-12)
        close(mirrored.low, 1 - usual.high, 1e-8)
      }
    }),
    { seed: 1, numRuns: 200 },
  )
})
