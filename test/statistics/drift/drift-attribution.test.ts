import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createClassDrift } from '../../../src/statistics/drift/class-drift.ts'
import { attributeDrift } from '../../../src/statistics/drift/drift-attribution.ts'
import { populationStability } from '../../../src/statistics/drift/population-stability.ts'
import { createSeverityDrift } from '../../../src/statistics/drift/severity-drift.ts'
import { countScores } from '../../../src/statistics/inputs/score-bins.ts'
import { drawNormal } from '../../../src/statistics/maths/draws.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { fitSeverityCard } from '../../../src/statistics/severity/severity-card.ts'
import { close, expectReason, numbersIn, valueOf, warningsOf } from '../expect-answer.ts'

const random = createRandom(21)
const severity = Float64Array.from({ length: 600 }, () => -1.69 + 0.86 * drawNormal(random))
const card = valueOf(
  fitSeverityCard({
    domain: 'real',
    severity,
    score: severity.map((t) => t + 0.3 * drawNormal(random)),
    response: 'location-scale',
  }),
)
const kernelCard = valueOf(
  fitSeverityCard({
    domain: 'real',
    severity,
    score: severity.map((t) => t + 0.3 * drawNormal(random)),
    response: 'kernel',
  }),
)
const drawWindow = (seed: number, people: number, mean: number, sd: number, warp = (s: number) => s) => {
  const own = createRandom(seed)
  return countScores(
    card.edges,
    Float64Array.from({ length: people }, () => warp(mean + sd * drawNormal(own) + 0.3 * drawNormal(own))),
  )
}
const bySeverity = createSeverityDrift(card)
const byClass = valueOf(createClassDrift(card.classCounts))

const rate = (model: typeof bySeverity, mean: number, sd: number, warp?: (s: number) => number): number => {
  let alarms = 0
  for (let seed = 0; seed < 60; seed += 1) {
    const found = attributeDrift({ model, live: drawWindow(seed, 800, mean, sd, warp) })
    if (valueOf(found).p < 0.05) alarms += 1
  }
  return alarms / 60
}

test('a milder population is explained when severity is free, and taken for drift when only the mix is', () => {
  assert.ok(rate(bySeverity, -0.8, 1) <= 0.2)
  assert.ok(rate(byClass, -0.8, 1) >= 0.6)
  const stability = populationStability({
    reference: bySeverity.reference,
    live: drawWindow(1, 800, -0.8, 1),
  })
  assert.ok(valueOf(stability).alarm)
})

test('no population explains scores that bunch where none should be', () => {
  const bunched = (s: number): number => (s > -2 && s < -1.6 ? -1.8 : s)
  assert.ok(rate(bySeverity, -1.69, 0.86, bunched) >= 0.9)
})

test('a uniform scanner shift is explained away: silence is no evidence, and the warning says so', () => {
  const live = drawWindow(5, 800, -1.39, 0.86)
  const found = attributeDrift({ model: bySeverity, live })
  assert.ok(valueOf(found).p > 0.01)
  assert.ok(warningsOf(found).includes('imaging-shift-looks-alike'))
})

test('asymptotic and bootstrap p agree, the latter on a grid of 1/(resamples + 1)', () => {
  for (const [model, live] of [
    [bySeverity, drawWindow(8, 600, -1.5, 0.9)],
    [byClass, drawWindow(9, 600, -1.69, 0.86)],
    [createSeverityDrift(kernelCard), drawWindow(10, 600, -1.69, 0.86)],
  ] as const) {
    const quick = valueOf(attributeDrift({ model, live, method: 'asymptotic' }))
    const slow = valueOf(attributeDrift({ model, live, method: 'bootstrap', random: createRandom(1) }))
    assert.ok(Math.abs(quick.p - slow.p) < 0.17, `${model.kind} ${quick.p} ${slow.p}`)
    close(slow.p * 200, Math.round(slow.p * 200), 1e-9)
    close(quick.statistic, slow.statistic)
    assert.equal(quick.residuals.length, model.bins)
  }
})

test('auto asks the bootstrap only where it is in doubt and the window is large enough', () => {
  const doubtful = drawWindow(5, 600, -1.69, 0.86, (s) => 0.6 * s)
  assert.equal(
    valueOf(attributeDrift({ model: byClass, live: doubtful, random: createRandom(1) })).method,
    'bootstrap',
  )
  const small = drawWindow(5, 200, -1.69, 0.86, (s) => 0.6 * s)
  assert.equal(
    valueOf(attributeDrift({ model: byClass, live: small, random: createRandom(1) })).method,
    'asymptotic',
  )
})

test('no answer where the method does not hold', () => {
  const live = drawWindow(1, 400, -1.69, 0.86)
  expectReason(attributeDrift({ model: byClass, live: live.map(() => 0) }), 'empty')
  expectReason(attributeDrift({ model: byClass, live: [1, 2] }), 'invalid-input')
  expectReason(attributeDrift({ model: byClass, live: drawWindow(1, 12, -1.69, 0.86) }), 'too-few')
  expectReason(attributeDrift({ model: byClass, live, method: 'bootstrap' }), 'invalid-input')
  expectReason(
    createClassDrift([
      [1, 2],
      [0, 0],
    ]),
    'class-never-seen',
  )
  const twoBins = valueOf(
    createClassDrift([
      [30, 5],
      [5, 30],
      [9, 9],
    ]),
  )
  expectReason(attributeDrift({ model: twoBins, live: [50, 50] }), 'too-few')
})

test('any window gives finite figures, and fitted shares sum to 1', () => {
  const window = fc.array(fc.integer({ min: 0, max: 50 }), {
    minLength: byClass.bins,
    maxLength: byClass.bins,
  })
  fc.assert(
    fc.property(window, (live) => {
      for (const model of [bySeverity, byClass]) {
        const found = attributeDrift({ model, live })
        if (found.kind === 'no-answer') continue
        assert.ok(numbersIn(found.value).every(Number.isFinite))
        assert.ok(found.value.p >= 0 && found.value.p <= 1)
        close(
          found.value.fitted.reduce((sum, share) => sum + share, 0),
          1,
        )
      }
    }),
    { seed: 13, numRuns: 60 },
  )
})
