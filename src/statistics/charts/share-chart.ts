import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import {
  aChance,
  aGenerator,
  aShare,
  faultInInputs,
  fields,
  listOf,
  numberFrom,
  optional,
  positiveUpTo,
  rowsOf,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { drawBinomial, drawGamma } from '../maths/draws.ts'
import { apply } from '../maths/linear-algebra.ts'
import type { Random } from '../maths/random.ts'
import { type ChartPoint, cusum, fewestInWindow, referenceValue } from './sequential-chart.ts'
import {
  faultInWeeks,
  fitShareBaseline,
  type ShareBaseline,
  type ShareWeek,
  seasonOf,
  someWeeks,
  sumWeek,
} from './share-baseline.ts'

const baselineRule = fields({
  share: aChance,
  people: wholeFrom(1),
  weeks: wholeFrom(1),
  strata: listOf(aShare),
  overDispersion: numberFrom(1, 1e6),
  season: listOf(numberFrom()),
  covariance: rowsOf(numberFrom()),
})

/** A point of a share chart, with the last week that it holds and the surplus over what was expected, as a share. */
export type ShareChartPoint = ChartPoint & { readonly week: number; readonly surplus: number }

/** z of complete weeks in their order; the caller has checked the input. */
const chartPoints = (
  baseline: ShareBaseline,
  weeks: readonly ShareWeek[],
  fewest: number,
): ShareChartPoint[] => {
  const terms = baseline.season.length
  const points: ShareChartPoint[] = []
  let pool = { windows: 0, people: 0, surplus: 0, variance: 0, reach: seasonOf(0, terms).map(() => 0) }
  const empty = pool
  for (const own of weeks) {
    const { week, people, observed, expected, variance } = sumWeek(own, baseline.strata)
    const reach = seasonOf(week, terms).map((x) => x * people)
    const ofSeason = reach.reduce((sum, x, j) => sum + x * (baseline.season[j] ?? 0), 0)
    pool = {
      windows: pool.windows + 1,
      people: pool.people + people,
      surplus: pool.surplus + observed - expected - ofSeason,
      variance: pool.variance + variance,
      reach: pool.reach.map((x, j) => x + (reach[j] ?? 0)),
    }
    if (pool.people < fewest) continue
    const ofBaseline = apply(baseline.covariance, pool.reach).reduce(
      (sum, x, j) => sum + x * (pool.reach[j] ?? 0),
      0,
    )
    const error = Math.sqrt(baseline.overDispersion * pool.variance + ofBaseline)
    const { surplus, windows } = pool
    points.push({ z: surplus / error, windows, people: pool.people, week, surplus: surplus / pool.people })
    pool = empty
  }
  return points
}

/**
 * Standardised values of complete weeks about a frozen baseline: z = (observed − expected)/√(φ v + baseline's own error),
 * strata and season taken out; weeks are pooled until each point holds `fewest` people (200).
 * No answer: empty, invalid-input (a stratum too many, weeks out of order), too-few (no pool reaches `fewest`).
 */
export const standardiseShareWeeks = (
  baseline: ShareBaseline,
  weeks: readonly ShareWeek[],
  fewest: number = fewestInWindow,
): Answer<readonly ShareChartPoint[]> => {
  const fault =
    faultInInputs(
      { baseline, weeks, fewest },
      { baseline: baselineRule, weeks: someWeeks, fewest: wholeFrom(1) },
    ) ?? faultInWeeks(weeks, baseline.strata.length, 'weeks')
  if (fault) return fault
  if (weeks.length === 0) return noAnswer('empty', 'no weeks')
  if (weeks.some(({ week }, i) => week <= (weeks[i - 1]?.week ?? -1)))
    return noAnswer('invalid-input', 'weeks takes each week once, in their order')
  const terms = baseline.season.length
  const square =
    baseline.covariance.length === terms && baseline.covariance.every((row) => row.length === terms)
  if ((terms !== 1 && terms !== 3) || !square)
    return noAnswer('invalid-input', 'baseline takes a season of 1 or 3 terms and their covariance')
  const points = chartPoints(baseline, weeks, fewest)
  if (!points.every(({ z }) => Number.isFinite(z)))
    return noAnswer('invalid-input', 'baseline.covariance takes a covariance matrix')
  return points.length > 0 ? answer(points) : noAnswer('too-few', `no ${fewest} people in all weeks`)
}

/** What a share chart will meet, and how many false alarms one chart may raise within the horizon, on average. */
export type ShareCalibration = {
  readonly share: number
  readonly peopleAWeek: number
  readonly baselineWeeks: number
  readonly overDispersion: number
  /** Height of the season about its mean, as a share (.02 for ± 2 points). */
  readonly season?: number
  /** Change of the share that the chart is to see; sets its reference value. */
  readonly change: number
  /** Weeks over which the budget is kept, and false alarms of one chart within them. */
  readonly horizon: number
  readonly falseAlarms: number
  readonly random: Random
  readonly runs?: number
  readonly fewest?: number
}

/** Threshold and reference value of a share chart, and its false alarms in the simulation. */
export type CalibratedShareChart = {
  readonly threshold: number
  readonly k: number
  readonly falseAlarms: number
}

const calibrationRules = {
  share: aChance,
  peopleAWeek: wholeFrom(1, 1e7),
  baselineWeeks: wholeFrom(12, 5200),
  overDispersion: numberFrom(1, 100),
  season: optional(numberFrom(0, 0.5)),
  change: numberFrom(1e-4, 1),
  horizon: wholeFrom(1, 5200),
  falseAlarms: positiveUpTo(1e3),
  random: aGenerator,
  runs: optional(wholeFrom(100, 1_000_000)),
  fewest: optional(wholeFrom(1, 1e9)),
}

/** Successes of a week whose chance itself varies, so that their variance is φ times the binomial one (beta-binomial). */
export const drawOverDispersed = (
  random: Random,
  people: number,
  chance: number,
  overDispersion: number,
): number => {
  const within = (overDispersion - 1) / Math.max(1, people - 1)
  if (!(within > 0) || people < 2) return drawBinomial(random, people, chance)
  const size = Math.max(1e-3, 1 / Math.min(0.5, within) - 1)
  const a = drawGamma(random, Math.max(1e-6, chance * size))
  const b = drawGamma(random, Math.max(1e-6, (1 - chance) * size))
  return drawBinomial(random, people, a / Math.max(1e-300, a + b))
}

/** One chart without any change: a baseline drawn and fitted anew, and the values of the horizon after it. */
const drawChart = (input: ShareCalibration): number[] | undefined => {
  const { share, peopleAWeek, baselineWeeks, overDispersion, season = 0, horizon, random } = input
  const start = Math.floor(random() * 52)
  const weeks = Array.from({ length: baselineWeeks + horizon }, (_, i): ShareWeek => {
    const [, cosine = 0] = seasonOf(start + i, 3)
    const chance = Math.min(0.999, Math.max(0.001, share + season * cosine))
    const successes = drawOverDispersed(random, peopleAWeek, chance, overDispersion)
    return { week: start + i, strata: [{ successes, people: peopleAWeek }] }
  })
  const baseline = fitShareBaseline(weeks.slice(0, baselineWeeks))
  if (baseline.kind === 'no-answer') return undefined
  return chartPoints(baseline.value, weeks.slice(baselineWeeks), input.fewest ?? fewestInWindow).map(
    ({ z }) => z,
  )
}

const countAlarms = (charts: readonly (readonly number[])[], k: number, h: number): number =>
  charts.reduce((sum, values) => sum + cusum(values, { k, h }).filter(({ alarm }) => alarm).length, 0)

const faultInCalibration = (input: ShareCalibration): NoAnswer | undefined =>
  faultInInputs(input, calibrationRules)

/**
 * Threshold of a share chart by simulation of what it will meet: over-dispersion, season and a baseline that is drawn and
 * fitted anew for each chart (level, season and φ are estimates). The lowest threshold at which a chart raises no more
 * false alarms within the horizon than allowed, two standard errors of the simulation below.
 * No answer: invalid-input, too-few (no chart has a baseline or a point).
 * Warning `budget-not-reachable`: the simulation cannot show that the budget is kept.
 */
export const calibrateShareChart = (input: ShareCalibration): Answer<CalibratedShareChart> => {
  const fault = faultInCalibration(input)
  if (fault) return fault
  const { share, peopleAWeek, overDispersion, baselineWeeks, falseAlarms, runs = 4000 } = input
  const charts = Array.from({ length: runs }, () => drawChart(input)).flatMap((values) =>
    values && values.length > 0 ? [values] : [],
  )
  if (charts.length === 0) return noAnswer('too-few', 'no chart has a point within the horizon')
  const people = Math.max(input.fewest ?? fewestInWindow, peopleAWeek)
  const error = Math.sqrt(
    overDispersion * share * (1 - share) * (1 / people + 1 / (peopleAWeek * baselineWeeks)),
  )
  const k = referenceValue(input.change, error)
  const budget = falseAlarms * runs
  const most = Math.max(0, budget - 2 * Math.sqrt(budget))
  let [low, high] = [0, 1]
  while (high < 1000 && countAlarms(charts, k, high) > most) [low, high] = [high, high * 2]
  for (let round = 0; round < 30 && high - low > 1e-3; round += 1) {
    const middle = (low + high) / 2
    if (countAlarms(charts, k, middle) > most) low = middle
    else high = middle
  }
  const found = countAlarms(charts, k, high) / runs
  const notes: Warning[] =
    found > falseAlarms || budget < 9
      ? [
          warn(
            'budget-not-reachable',
            `${budget.toFixed(1)} alarms expected in ${runs} charts: simulate more`,
          ),
        ]
      : []
  return answer({ threshold: high, k, falseAlarms: found }, notes)
}
