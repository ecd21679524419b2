import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import * as library from '../../src/statistics/index.ts'
import { numbersIn } from './expect-answer.ts'

const folder = join(import.meta.dirname, '..', '..', 'src', 'statistics')
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
)

test('the room is pure: no clock, no global chance, no console', () => {
  for (const name of sources) {
    const text = readFileSync(join(folder, name), 'utf8')
    assert.doesNotMatch(text, /Math\.random|Date\.|new Date|console\.|process\.|performance\.now/, name)
  }
})

test('every exported function says what it does', () => {
  for (const name of sources.filter((file) => file !== 'index.ts')) {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n')
    lines.forEach((line, i) => {
      if (!/^export (const|type) \w/.test(line)) return
      assert.match(lines[i - 1] ?? '', /\*\/$/, `${name}:${i + 1} has no docstring`)
    })
  }
})

const odd = fc.oneof(
  fc.integer({ min: -3, max: 60 }),
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -0, 0.5, 1e300),
)
const list = fc.array(odd, { maxLength: 6 })
const table = fc.array(list, { maxLength: 4 })
const trials = fc.record({ successes: odd, trials: odd })
const domains = { card: 'real', site: 'real' } as const

/** Calls of the library with whatever numbers come along; none may throw or answer with NaN. */
const calls: Record<string, fc.Arbitrary<() => library.Answer<unknown>>> = {
  wilson: trials.map((given) => () => library.wilson(given)),
  clopperPearson: trials.map((given) => () => library.clopperPearson(given)),
  unreadableBounds: fc.tuple(trials, odd).map(
    ([given, unreadable]) =>
      () =>
        library.unreadableBounds({ ...given, unreadable }),
  ),
  langReiczigel: fc.tuple(odd, odd, trials, trials).map(
    ([positives, tested, sensitivity, specificity]) =>
      () =>
        library.langReiczigel({ positives, tested, sensitivity, specificity }),
  ),
  summariseConfusion: table.map((counts) => () => library.summariseConfusion(counts)),
  correctedPrevalence: fc.tuple(table, list).map(
    ([counts, live]) =>
      () =>
        library.correctedPrevalence({
          domains,
          validation: [counts],
          live: { kind: 'pooled', counts: live },
          draws: 40,
          random: library.createRandom(1),
        }),
  ),
  fitSeverityCard: fc.tuple(list, list).map(
    ([severity, score]) =>
      () =>
        library.fitSeverityCard({ domain: 'real', severity, score }),
  ),
  classMixFromBins: fc.tuple(table, list).map(
    ([classCounts, live]) =>
      () =>
        library.classMixFromBins({ classCounts, live }),
  ),
  classMixFromScores: fc.tuple(table, list).map(
    ([posteriors, prior]) =>
      () =>
        library.classMixFromScores({ posteriors, prior }),
  ),
  fitTemperature: fc.tuple(table, list).map(
    ([logits, labels]) =>
      () =>
        library.fitTemperature({ logits, labels }),
  ),
  clusteredShare: fc.tuple(list, list).map(
    ([successes, clusters]) =>
      () =>
        library.clusteredShare({ successes, clusters }),
  ),
  reliability: fc.tuple(list, list).map(
    ([predicted, labels]) =>
      () =>
        library.reliability({ predicted, positive: labels.map((label) => label > 0) }),
  ),
  blandAltman: fc.tuple(list, list).map(
    ([measured, reference]) =>
      () =>
        library.blandAltman({ measured, reference }),
  ),
  operatingCurve: fc.tuple(list, list).map(
    ([scores, labels]) =>
      () =>
        library.operatingCurve(
          scores,
          labels.map((label) => label > 0),
        ),
  ),
  projectBaseline: fc.tuple(table, list).map(
    ([validation, mix]) =>
      () =>
        library.projectBaseline({ domains, validation, mix }),
  ),
  performanceWithoutLabels: fc.tuple(odd, odd, list).map(
    ([count, called, posterior]) =>
      () =>
        library.performanceWithoutLabels({
          domains,
          classes: 3,
          groups: [{ count, called, posterior }],
          posterior: 'class-level',
        }),
  ),
  clusteredDeLong: fc.tuple(list, fc.array(fc.boolean(), { maxLength: 6 })).map(
    ([scores, positive]) =>
      () =>
        library.clusteredDeLong({ scores: [scores], positive }),
  ),
  pairwiseAuc: fc.tuple(table, list).map(
    ([scores, labels]) =>
      () =>
        library.pairwiseAuc({ scores, labels }),
  ),
  aucFromCounts: fc.tuple(list, list).map(
    ([positives, negatives]) =>
      () =>
        library.aucFromCounts({ positives, negatives }),
  ),
  populationStability: fc.tuple(list, list).map(
    ([reference, live]) =>
      () =>
        library.populationStability({ reference, live }),
  ),
  chiSquareTwoSample: fc.tuple(list, list).map(
    ([reference, live]) =>
      () =>
        library.chiSquareTwoSample({ reference, live }),
  ),
  kolmogorovSmirnov: fc.tuple(list, list).map(
    ([reference, live]) =>
      () =>
        library.kolmogorovSmirnov({ reference, live }),
  ),
  windowLimits: fc.tuple(trials, trials).map(
    ([reference, live]) =>
      () =>
        library.windowLimits({ reference, live }),
  ),
  cohenKappa: table.map((counts) => () => library.cohenKappa(counts)),
  fleissKappa: table.map((ratings) => () => library.fleissKappa(ratings)),
  benjaminiHochberg: list.map((p) => () => library.benjaminiHochberg(p)),
  standardisedShare: fc
    .array(fc.record({ weight: odd, successes: odd, trials: odd }), { maxLength: 4 })
    .map((strata) => () => library.standardisedShare(strata)),
  funnelLimits: fc
    .array(fc.record({ id: fc.constant('a'), successes: odd, trials: odd }), { maxLength: 7 })
    .map((units) => () => library.funnelLimits(units)),
  labelAuditSize: fc.tuple(odd, odd).map(
    ([expected, noticed]) =>
      () =>
        library.labelAuditSize({ expected, noticed }),
  ),
  weightReferenceTests: fc
    .array(fc.record({ called: odd, seen: odd, verified: list }), { maxLength: 4 })
    .map((bins) => () => library.weightReferenceTests({ bins, classes: 3 })),
  protectCube: fc.tuple(list, list).map(
    ([sizes, counts]) =>
      () =>
        library.protectCube({ sizes, counts }),
  ),
  explainedByMix: fc.tuple(table, list).map(
    ([reference, live]) =>
      () =>
        library.explainedByMix({ reference, live }),
  ),
  testAfterReweighting: fc
    .array(fc.record({ films: odd, sum: odd, sumOfSquares: odd }), { maxLength: 3 })
    .map((bins) => () => library.testAfterReweighting({ reference: bins, live: bins })),
  standardiseWindows: fc
    .tuple(odd, odd, fc.array(fc.record({ successes: odd, people: odd }), { maxLength: 4 }))
    .map(
      ([share, people, windows]) =>
        () =>
          library.standardiseWindows({ share, people }, windows),
    ),
  budgetToThreshold: fc.tuple(fc.integer({ min: -1, max: 50 }), odd, odd).map(
    ([charts, falseAlarms, windows]) =>
      () =>
        library.budgetToThreshold({ charts, falseAlarms, windows }),
  ),
  createClassDrift: table.map((counts) => () => {
    const model = library.createClassDrift(counts)
    return model.kind === 'no-answer'
      ? model
      : library.attributeDrift({ model: model.value, live: [40, 40, 40] })
  }),
}

for (const [name, call] of Object.entries(calls))
  test(`${name} never throws and never answers with NaN, whatever it is given`, () => {
    fc.assert(
      fc.property(call, (run) => {
        const found = run()
        if (found.kind === 'no-answer') {
          assert.ok(library.noAnswerReasons.includes(found.reason))
          assert.ok(found.detail.length > 0)
          return
        }
        assert.ok(!numbersIn(found.value).some(Number.isNaN), JSON.stringify(found.value))
        for (const { code } of found.warnings) assert.ok(library.warningCodes.includes(code))
      }),
      { seed: 17, numRuns: 150 },
    )
  })
