import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { binomialLimit, funnelLimits } from '../../src/statistics/charts/funnel.ts'
import { wilson } from '../../src/statistics/intervals/proportions.ts'
import { labelAuditSize } from '../../src/statistics/performance/label-audit-size.ts'
import { weightReferenceTests } from '../../src/statistics/performance/reference-weighting.ts'
import { standardisedShare } from '../../src/statistics/prevalence/standardised-share.ts'
import { close, expectReason, valueOf, warningsOf } from './expect-answer.ts'
import { readOracle } from './oracles/oracle.ts'

type Recorded = { label_audit: number[][]; funnel_limit: number[][] }
const recorded = readOracle<Recorded>('proportions')

test('label audits: 264/702/72 by the normal formula, 280/723/81 exactly, as SciPy finds', () => {
  const found = [0.844, 0.864, 0.794].map((noticed) => valueOf(labelAuditSize({ expected: 0.894, noticed })))
  assert.deepEqual(
    found.map(({ normal }) => normal),
    [264, 702, 72],
  )
  assert.deepEqual(
    found.map(({ exact }) => exact),
    [280, 723, 81],
  )
  for (const [expected = 0, noticed = 0, normal, exact, alarmAt, power = 0] of recorded.label_audit) {
    const size = valueOf(labelAuditSize({ expected, noticed }))
    assert.deepEqual([size.normal, size.exact, size.alarmAt], [normal, exact, alarmAt])
    close(size.power, power)
  }
  expectReason(labelAuditSize({ expected: 0.8, noticed: 0.9 }), 'invalid-input')
  expectReason(labelAuditSize({ expected: 0.8, noticed: 0.7999 }), 'uninformative')
})

test('funnel limits agree with SciPy and widen with over-dispersion', () => {
  for (const [tail = 0, n = 0, p = 0, limit] of recorded.funnel_limit)
    close(binomialLimit(tail, n, p), limit ?? 0)
  const units = (spread: number) =>
    Array.from({ length: 20 }, (_, i) => ({
      id: `clinic-${i}`,
      successes: 34 + (i % 2 === 0 ? spread : -spread),
      trials: 200,
    }))
  const calm = valueOf(funnelLimits(units(1), 0.17))
  const wild = valueOf(funnelLimits(units(15), 0.17))
  assert.equal(calm.overDispersion, 1)
  assert.ok(wild.overDispersion > 4)
  assert.ok((wild.points[0]?.limits.usual[1] ?? 0) > (calm.points[0]?.limits.usual[1] ?? 1))
  const odd = [
    ...units(1),
    { id: 'odd', successes: 90, trials: 200 },
    { id: 'closed', successes: 0, trials: 0 },
  ]
  const found = valueOf(funnelLimits(odd, 0.17))
  assert.equal(found.points.find(({ id }) => id === 'odd')?.position, 'very-high')
  assert.equal(found.points.length, 21)
  expectReason(funnelLimits([]), 'empty')
  expectReason(funnelLimits(units(1).slice(0, 3)), 'too-few')
  expectReason(funnelLimits(units(1), 1), 'uninformative')
  expectReason(funnelLimits([{ id: 'x', successes: 3, trials: 1 }]), 'invalid-input')
})

test('a standardised share by hand, with one stratum equal to Wilson', () => {
  const strata = [
    { weight: 3, successes: 10, trials: 100 },
    { weight: 1, successes: 60, trials: 200 },
  ]
  const found = valueOf(standardisedShare(strata))
  close(found.estimate, 0.75 * 0.1 + 0.25 * 0.3)
  close(found.standardError, Math.sqrt((0.5625 * 0.09) / 100 + (0.0625 * 0.21) / 200))
  const alone = valueOf(standardisedShare([{ weight: 5, successes: 17, trials: 100 }]))
  const plain = valueOf(wilson({ successes: 17, trials: 100 }))
  close(alone.low, plain.low)
  close(alone.high, plain.high)
  const merged = standardisedShare([...strata, { weight: 1, successes: 1, trials: 4 }])
  assert.ok(warningsOf(merged).includes('strata-merged'))
  const none = valueOf(standardisedShare([{ weight: 1, successes: 0, trials: 40 }]))
  assert.ok(none.low === 0 && none.high > 0.05)
  expectReason(standardisedShare([]), 'empty')
  expectReason(standardisedShare([{ weight: 1, successes: 0, trials: 4 }]), 'too-few')
  expectReason(standardisedShare([{ weight: -1, successes: 0, trials: 40 }]), 'invalid-input')
})

test('reference tests weighted by hand: who gets referred no longer matters', () => {
  // Everybody called ill is tested, one in ten of the others: unweighted prevalence would be 90/170.
  const bins = [
    { called: 0, seen: 100, verified: [80, 20] },
    { called: 1, seen: 700, verified: [10, 60] },
  ]
  const found = valueOf(weightReferenceTests({ bins, classes: 2 }))
  const [ill] = found.classes
  assert.ok(ill)
  close(ill.prevalence.estimate, (80 + 100) / 800)
  close(ill.sensitivity?.estimate ?? 0, 80 / 180)
  close(ill.positivePredictiveValue?.estimate ?? 0, 0.8)
  assert.deepEqual(
    found.confusion.map((row) => row.map(Math.round)),
    [
      [80, 20],
      [100, 600],
    ],
  )
  assert.ok(ill.prevalence.low < 0.225 && ill.prevalence.high > 0.225)
  assert.equal(found.verified, 170)
  assert.ok(found.effectiveVerified < 170)
})

test('a used bin without a verified case has no answer; an unused one does not matter', () => {
  const bins = [
    { called: 0, seen: 100, verified: [8, 2] },
    { called: 1, seen: 0, verified: [0, 0] },
  ]
  assert.equal(weightReferenceTests({ bins, classes: 2 }).kind, 'answer')
  const used = [...bins, { called: 1, seen: 3, verified: [0, 0] }]
  expectReason(weightReferenceTests({ bins: used, classes: 2 }), 'bin-never-verified')
  expectReason(weightReferenceTests({ bins: [], classes: 2 }), 'empty')
  expectReason(
    weightReferenceTests({ bins: [{ called: 0, seen: 2, verified: [3, 0] }], classes: 2 }),
    'invalid-input',
  )
})

test('everybody tested: weighting changes nothing, prevalences sum to 1, bins may come in any order', () => {
  const bin = fc.record({
    called: fc.integer({ min: 0, max: 2 }),
    verified: fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 40 }),
    ),
  })
  fc.assert(
    fc.property(fc.array(bin, { minLength: 1, maxLength: 8 }), (drawn) => {
      const bins = drawn.map(({ called, verified }) => ({
        called,
        verified,
        seen: verified.reduce((sum, count) => sum + count, 0),
      }))
      const found = valueOf(weightReferenceTests({ bins, classes: 3 }))
      const all = bins.reduce((sum, { seen }) => sum + seen, 0)
      close(
        found.classes.reduce((sum, { prevalence }) => sum + prevalence.estimate, 0),
        1,
      )
      close(
        found.classes[0]?.prevalence.estimate ?? 0,
        bins.reduce((sum, { verified }) => sum + verified[0], 0) / all,
      )
      const turned = valueOf(weightReferenceTests({ bins: [...bins].reverse(), classes: 3 }))
      close(turned.classes[1]?.prevalence.high ?? 0, found.classes[1]?.prevalence.high ?? 1)
    }),
    { seed: 15, numRuns: 80 },
  )
})
