import * as library from '../../src/statistics/index.ts'
import { drawNormal } from '../../src/statistics/maths/draws.ts'
import { valueOf } from './expect-answer.ts'
import { plainCalls } from './plain-calls.ts'

const random = library.createRandom(4)
const severity = Array.from({ length: 300 }, () => -1.7 + 0.9 * drawNormal(random))
const score = severity.map((t) => t + 0.3 * drawNormal(random))

/** A small card of simulated people, and a window of 300 people on it. */
export const smallCard = valueOf(library.fitSeverityCard({ domain: 'real', severity, score, bins: 8 }))
export const smallWindow = library.countScores(
  smallCard.edges,
  severity.map((t) => t + 0.4 + 0.3 * drawNormal(random)),
)
const domains = { card: 'real', site: 'real' }
const validation = [
  [40, 10, 2],
  [8, 60, 12],
  [2, 10, 56],
]
const window = { card: smallCard, site: 'real', live: smallWindow, draws: 40, random }
const prevalence = valueOf(
  library.correctedPrevalence({
    domains: { card: 'real', site: 'real' },
    validation: [validation],
    live: { kind: 'pooled', counts: [30, 50, 40] },
    random,
  }),
)
const model = valueOf(
  library.createClassDrift([
    [30, 20, 10],
    [10, 40, 30],
  ]),
)
const many = <T>(value: T, length = 40): T[] => Array.from({ length }, () => value)

const pairs = (side: string) =>
  many(0, 30).map((_, i) => ({
    person: `${side}${i}`,
    clinic: i % 3,
    change: (i % 7) / 10,
    years: 1 + (i % 3),
    before: -2,
  }))
const weeks = many(0, 20).map((_, week) => ({ week, strata: [{ successes: 40 + (week % 5), people: 220 }] }))

/** One call of each public function that has an answer: its name and arguments that fit. */
export const validCalls: Readonly<Record<string, readonly unknown[]>> = {
  attributeDrift: [{ model, live: [40, 60, 50], method: 'auto', resamples: 199, random }],
  aucFromCounts: [{ positives: [3, 9], negatives: [8, 4] }],
  benjaminiHochberg: [[0.01, 0.2], 0.05],
  blandAltman: [{ measured: [1, 2, 4, 4], reference: [1, 3, 3, 5], clusters: ['a', 'b', 'c', 'd'] }],
  budgetToThreshold: [{ charts: 20, falseAlarms: 1, windows: 52, k: 0.5 }],
  calibrateChart: [
    {
      chart: { kind: 'cusum', change: 0.08 },
      share: 0.2,
      baselinePeople: 800,
      windowPeople: 200,
      horizon: 26,
      falseAlarms: 0.2,
      random,
      runs: 200,
    },
  ],
  chiSquareTwoSample: [{ reference: [10, 20], live: [20, 10] }],
  classMixFromBins: [
    {
      classCounts: [
        [60, 20, 5],
        [5, 30, 60],
      ],
      live: [40, 30, 30],
      level: 0.95,
      bootstrap: { random, draws: 40 },
      persons: 100,
    },
  ],
  classMixFromScores: [
    {
      posteriors: [...many([0.8, 0.2]), ...many([0.3, 0.7])],
      prior: [0.4, 0.6],
      bootstrap: { random, draws: 40 },
    },
  ],
  clopperPearson: [{ successes: 3, trials: 9, level: 0.9 }],
  clusteredDeLong: [
    { scores: [[1, 2, 3, 1.5]], positive: [0, 1, 1, 0], clusters: [1, 2, 3, 4], level: 0.95 },
  ],
  clusteredShare: [{ successes: [1, 0, 1], clusters: ['a', 'a', 'b'], level: 0.95 }],
  cohenKappa: [validation, 0.95],
  combineStrata: [[{ weight: 1, prevalence }], 0.95],
  compareAucs: [{ first: [1, 2, 3, 1.5], second: [2, 1, 3, 0], positive: [0, 1, 1, 0] }],
  compareWithMatrix: [{ ...window, called: smallWindow.map((_, b) => (b < 2 ? 0 : b < 5 ? 1 : 2)) }],
  correctedPrevalence: [
    { domains, validation: [validation], live: { kind: 'pooled', counts: [30, 50, 40] }, draws: 40, random },
  ],
  createClassDrift: [
    [
      [30, 20],
      [10, 40],
    ],
  ],
  crossFitTemperature: [
    {
      logits: [...many([1, 0], 6), ...many([0, 1], 6), [1, 0], [0, 1]],
      labels: [...many(0, 6), ...many(1, 6), 1, 0],
      folds: many(0, 14).map((_, i) => i % 2),
    },
  ],
  explainedByMix: [
    {
      reference: [
        [10, 5],
        [4, 9],
      ],
      live: [3, 8],
    },
  ],
  fitSeverityCard: [{ domain: 'real', severity, score, thresholds: [-2], bins: 8, response: 'kernel' }],
  fitTemperature: [
    {
      logits: [
        [2, 0],
        [0, 1],
        [1, 0],
      ],
      labels: [0, 1, 1],
    },
  ],
  fleissKappa: [
    [
      [2, 1],
      [3, 0],
      [1, 2],
    ],
    0.95,
  ],
  funnelLimits: [many(0, 6).map((_, i) => ({ id: `c${i}`, successes: 5 + i, trials: 40 })), 0.2],
  kolmogorovSmirnov: [{ reference: [1, 2, 3], live: [2, 3, 4] }],
  labelAuditSize: [{ expected: 0.9, noticed: 0.8, alpha: 0.05, power: 0.8 }],
  langReiczigel: [
    {
      positives: 20,
      tested: 100,
      sensitivity: { successes: 40, trials: 50 },
      specificity: { successes: 90, trials: 100 },
      level: 0.95,
    },
  ],
  roganGladen: [
    {
      positives: 20,
      tested: 100,
      sensitivity: { successes: 40, trials: 50 },
      specificity: { successes: 90, trials: 100 },
    },
  ],
  operatingCurve: [
    [1, 2, 3],
    [true, false, true],
  ],
  pairwiseAuc: [
    {
      scores: [
        [1, 0],
        [0, 1],
        [0.4, 0.6],
      ],
      labels: [0, 1, 1],
    },
  ],
  performanceWithoutLabels: [
    {
      domains,
      classes: 2,
      groups: [{ count: 40, called: 0, posterior: [0.8, 0.2], scores: [1, 0] }],
      posterior: 'class-level',
    },
  ],
  populationStability: [{ reference: [10, 20], live: [20, 10], level: 0.95 }],
  projectBaseline: [{ domains, validation, mix: [0.2, 0.5, 0.3] }],
  protectCube: [{ sizes: [2, 2], counts: [30, 40, 50, 60] }, 10],
  protectRevision: [
    { sizes: [2, 2], counts: [30, 40, 50, 60] },
    [{ cube: { sizes: [2, 2], counts: [20, 30, 50, 60] }, hidden: [] }],
    10,
  ],
  reliability: [{ predicted: [0.2, 0.8, 0.5], positive: [0, 1, 1], bins: 2 }],
  severityPrevalence: [window],
  samePeopleChange: [
    { across: pairs('a'), within: pairs('b'), ageing: { perYear: -0.02, sd: 0.01 }, level: 0.95 },
  ],
  phantomChart: [{ baseline: [1, 2, 1, 2, 1, 2, 1, 2], readings: [1.5, 9], falseAlarm: 0.01 }],
  fitShareBaseline: [weeks],
  standardiseShareWeeks: [valueOf(library.fitShareBaseline(weeks)), weeks, 200],
  calibrateShareChart: [
    {
      share: 0.2,
      peopleAWeek: 200,
      baselineWeeks: 52,
      overDispersion: 1.5,
      season: 0.02,
      change: 0.05,
      horizon: 10,
      falseAlarms: 0.5,
      random,
      runs: 100,
    },
  ],
  smallestVisibleChange: [
    {
      share: 0.2,
      baselinePeople: 5000,
      peopleAWeek: 200,
      threshold: 5,
      k: 0.5,
      overDispersion: 1.2,
      weeks: 5,
    },
  ],
  severityDifferences: [
    {
      card: smallCard,
      site: 'real',
      windows: [{ live: smallWindow }, { live: smallWindow }],
      pairs: [[0, 1]],
      draws: 40,
      random,
    },
  ],
  missedPeople: [{ ...window, flagged: smallWindow.map((_, b) => (b < 3 ? 1 : 0)) }],
  correctedDifference: [
    {
      domains,
      validation: [validation],
      first: { kind: 'pooled', counts: [30, 50, 40] },
      second: { kind: 'pooled', counts: [40, 50, 30] },
      draws: 40,
      random,
    },
  ],
  judgeChange: [
    {
      changeP: 0.01,
      residualP: 0.4,
      imagingControls: [{ name: 'noise', p: 0.2 }],
      softwareVersion: 'steady',
      canaries: 'steady',
      digests: 'steady',
      auditLabels: 'untested',
      samePeople: 'steady',
      alpha: 0.05,
    },
  ],
  testimonyOfDifference: [{ estimate: 0.1, low: -0.2, high: 0.3, level: 0.95 }, 0.3],
  groupIncidents: [
    [
      { id: 'a', window: 1, maker: 'x' },
      { id: 'b', window: 2, maker: 'x' },
    ],
    2,
  ],
  standardiseWindows: [{ share: 0.2, people: 800 }, [{ successes: 40, people: 220 }], 200],
  standardisedShare: [[{ weight: 1, successes: 4, trials: 30 }], 0.95],
  summariseConfusion: [validation, 0.95],
  testAfterReweighting: [
    {
      reference: [{ films: 9, sum: 90, sumOfSquares: 990 }],
      live: [{ films: 8, sum: 88, sumOfSquares: 1000 }],
    },
  ],
  unreadableBounds: [{ successes: 9, trials: 60, unreadable: 3 }],
  visibilityCeiling: [
    {
      severity: [-3, -2, 0, 1],
      errorSd: many(0.2, 4),
      clinicSd: many(0, 4),
      persons: [1, 2, 3, 4],
      clinics: many('a', 4),
      random,
      draws: 10,
    },
  ],
  weightReferenceTests: [
    {
      bins: [
        { called: 0, seen: 40, verified: [8, 2] },
        { called: 1, seen: 60, verified: [1, 9] },
      ],
      classes: 2,
      level: 0.95,
    },
  ],
  ...plainCalls,
}
