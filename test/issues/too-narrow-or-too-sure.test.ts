import assert from 'node:assert/strict'
import { test } from 'node:test'
import { budgetToThreshold } from '../../src/statistics/charts/alarm-budget.ts'
import { cusumRunLength } from '../../src/statistics/charts/run-length.ts'
import { createRandom } from '../../src/statistics/maths/random.ts'
import { clusteredDeLong } from '../../src/statistics/performance/auc.ts'
import { performanceWithoutLabels } from '../../src/statistics/performance/label-free-performance.ts'
import { projectBaseline } from '../../src/statistics/performance/projected-baseline.ts'
import { weightReferenceTests } from '../../src/statistics/performance/reference-weighting.ts'
import { classMixFromBins, classMixFromScores } from '../../src/statistics/prevalence/class-mixture.ts'
import { correctedPrevalence } from '../../src/statistics/prevalence/corrected-prevalence.ts'
import { standardisedShare } from '../../src/statistics/prevalence/standardised-share.ts'
import { langReiczigel } from '../../src/statistics/prevalence/two-class-prevalence.ts'
import { compareWithMatrix } from '../../src/statistics/severity/severity-against-matrix.ts'
import { severityPrevalence } from '../../src/statistics/severity/severity-prevalence.ts'
import { close, expectReason, valueOf, warningsOf } from '../statistics/expect-answer.ts'
import { smallCard, smallWindow } from '../statistics/valid-calls.ts'

const real = { card: 'real', site: 'real' } as const
const random = () => createRandom(5)

test('nobody of a class in 50 people still leaves room for seven of a hundred', () => {
  const live = smallWindow.map((_, b) => (b === smallWindow.length - 1 ? 50 : 0))
  const [osteoporosis] = valueOf(
    severityPrevalence({ card: smallCard, site: 'real', live, draws: 40, random: random() }),
  ).classes
  assert.ok((osteoporosis?.high ?? 0) >= 0.071)
  const validation = [
    [
      [40, 2, 0],
      [2, 40, 2],
      [0, 2, 40],
    ],
  ]
  const [byMatrix] = valueOf(
    correctedPrevalence({
      domains: real,
      validation,
      live: { kind: 'pooled', counts: [0, 0, 50] },
      random: random(),
    }),
  ).classes
  assert.ok((byMatrix?.high ?? 0) >= 0.071)
})

test('reference tests: one a bin, or none of 85, leave limits of a width', () => {
  const one = weightReferenceTests({
    classes: 2,
    bins: [
      { called: 0, seen: 40, verified: [1, 0] },
      { called: 1, seen: 60, verified: [0, 1] },
    ],
  })
  const [first] = valueOf(one).classes
  assert.ok(first?.positivePredictiveValue && first.positivePredictiveValue.low < 0.05)
  assert.ok(first.prevalence.low < 0.1 && first.prevalence.high > 0.9)
  const none = weightReferenceTests({ classes: 2, bins: [{ called: 1, seen: 100, verified: [0, 85] }] })
  const [rare, common] = valueOf(none).classes
  close(common?.prevalence.low ?? 1, 0.025 ** (1 / 85), 1e-6)
  close(rare?.prevalence.high ?? 0, 1 - 0.025 ** (1 / 85), 1e-6)
})

test('perfect separation of six and six is not certainty', () => {
  const found = clusteredDeLong({
    scores: [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    positive: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
  })
  const [auc] = valueOf(found).models
  assert.equal(auc?.estimate, 1)
  close(auc?.low ?? 1, 0.025 ** (1 / 6), 1e-6)
  assert.ok(warningsOf(found).includes('exact-limits'))
})

test('one person has no class mix, no performance and no comparison; a synthetic card compares no real window', () => {
  expectReason(classMixFromScores({ posteriors: [[0.2, 0.8]], prior: [0.5, 0.5] }), 'too-few')
  const classCounts = [
    [60, 20, 5],
    [5, 30, 60],
  ]
  expectReason(classMixFromBins({ classCounts, live: [1, 0, 0] }), 'too-few')
  const group = { count: 1, called: 0, posterior: [1, 0] }
  expectReason(
    performanceWithoutLabels({ domains: real, classes: 2, groups: [group], posterior: 'class-level' }),
    'too-few',
  )
  const called = smallWindow.map((_, b) => (b < 2 ? 0 : b < 5 ? 1 : 2))
  const compare = { card: smallCard, called, draws: 40, random: random() }
  const one = smallWindow.map((_, b) => (b === 0 ? 1 : 0))
  expectReason(compareWithMatrix({ ...compare, site: 'real', live: one }), 'too-few')
  const synthetic = { ...smallCard, domain: 'synthetic' } as const
  expectReason(
    compareWithMatrix({ ...compare, card: synthetic, site: 'real', live: smallWindow }),
    'domain-mismatch',
  )
})

test('two sites that share no class are one site, and it is said', () => {
  const ill = [
    [40, 0, 0],
    [10, 0, 0],
    [2, 0, 0],
  ]
  const others = [
    [0, 8, 1],
    [0, 70, 12],
    [0, 12, 60],
  ]
  const found = correctedPrevalence({
    domains: real,
    validation: [ill, others],
    live: { kind: 'pooled', counts: [40, 60, 50] },
    random: random(),
  })
  assert.equal(valueOf(found).sites, 1)
  assert.ok(warningsOf(found).includes('one-validation-site'))
  assert.ok(valueOf(found).classes[0]?.sensitivityBand)
})

test('two hips a person are refused where persons are counted, and a word is said where they are not', () => {
  const live = { kind: 'pooled', counts: [40, 60, 50] } as const
  const validation = [
    [
      [40, 5, 0],
      [5, 40, 5],
      [0, 5, 40],
    ],
  ]
  const input = { domains: real, validation, live, random: random() }
  expectReason(correctedPrevalence({ ...input, persons: 75 }), 'invalid-input')
  assert.ok(warningsOf(correctedPrevalence(input)).includes('votes-taken-as-persons'))
  assert.ok(!warningsOf(correctedPrevalence({ ...input, persons: 150 })).includes('votes-taken-as-persons'))
  const window = { card: smallCard, site: 'real', live: smallWindow, draws: 40, random: random() } as const
  expectReason(severityPrevalence({ ...window, persons: 150 }), 'invalid-input')
  assert.ok(warningsOf(severityPrevalence(window)).includes('votes-taken-as-persons'))
})

test('a predictive value of nobody is none', () => {
  const validation = [
    [30, 0],
    [0, 30],
  ]
  const found = valueOf(
    projectBaseline({ domains: real, validation, mix: [0, 0.9999999].map((p, k) => (k === 0 ? 1e-7 : p)) }),
  )
  assert.ok(found.classes[0]?.positivePredictiveValue !== undefined)
  const none = valueOf(
    weightReferenceTests({ classes: 2, bins: [{ called: 1, seen: 50, verified: [5, 20] }] }),
  )
  assert.equal(none.classes[0]?.positivePredictiveValue, undefined)
})

test('mixtures that nothing identifies, and scores that the card never saw, have no answer', () => {
  const even = [
    [50, 50],
    [50, 50],
  ]
  expectReason(classMixFromBins({ classCounts: even, live: [70, 30] }), 'uninformative')
  const nearly = [
    [52, 48],
    [49, 51],
  ]
  expectReason(classMixFromBins({ classCounts: nearly, live: [700, 300] }), 'uninformative')
  expectReason(
    classMixFromScores({ posteriors: Array.from({ length: 60 }, () => [0.3, 0.7]), prior: [0.3, 0.7] }),
    'uninformative',
  )
  const classCounts = [
    [50, 3, 0],
    [60, 100, 0],
    [10, 150, 0],
  ]
  expectReason(
    classMixFromBins({ classCounts: classCounts.slice(0, 2).map((c) => [...c]), live: [0, 0, 100] }),
    'outside-card',
  )
  const few = classMixFromBins({
    classCounts: [
      [60, 20, 0],
      [10, 70, 0],
    ],
    live: [40, 58, 2],
  })
  assert.ok(warningsOf(few).includes('beyond-card-range'))
})

test('strata of nine tenths of the weight without people have no standardised share', () => {
  const empty = [
    { weight: 0.1, successes: 30, trials: 100 },
    { weight: 0.9, successes: 0, trials: 0 },
  ]
  expectReason(standardisedShare(empty), 'too-few')
  const found = correctedPrevalence({
    domains: real,
    validation: [
      [
        [40, 5],
        [5, 40],
      ],
    ],
    live: {
      kind: 'strata',
      strata: [
        { weight: 0.1, counts: [30, 70] },
        { weight: 0.9, counts: [0, 0] },
      ],
    },
    random: random(),
  })
  expectReason(found, 'too-few')
})

test('Lang–Reiczigel holds its point or says why not', () => {
  let outside = 0
  for (let positives = 0; positives <= 10_000; positives += 500)
    for (const trials of [1, 2, 5, 100]) {
      const found = langReiczigel({
        positives,
        tested: 10_000,
        sensitivity: { successes: trials, trials },
        specificity: { successes: 400, trials: 400 },
      })
      const { prevalence, low, high } = valueOf(found)
      if (prevalence >= low && prevalence <= high) continue
      outside += 1
      assert.ok(warningsOf(found).includes('point-outside-limits'))
    }
  assert.ok(outside > 0)
})

test('a run length of 1e8 needs h of about 17.2, and no run length is negative', () => {
  const found = valueOf(budgetToThreshold({ charts: 1e8, falseAlarms: 1, windows: 1 }))
  close(found.knownBaselineThreshold, 17.26, 0.005)
  const lengths = [5, 10, 20, 30, 60, 100].map((h) => cusumRunLength({ h }))
  lengths.forEach((length, i) => {
    assert.ok(length > (lengths[i - 1] ?? 0))
  })
  // Siegmund (1985): (e^{h + 1.166} − 1 − (h + 1.166))/(2 · .5²), halved for two sides.
  close((lengths[3] ?? 0) / Math.exp(31.166), 1, 0.01)
  assert.throws(() => cusumRunLength({ h: -1 }), /h takes a number from/)
})
