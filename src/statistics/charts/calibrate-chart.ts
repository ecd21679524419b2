import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import {
  aGenerator,
  aShare,
  faultInInputs,
  fields,
  numberFrom,
  oneOf,
  optional,
  positiveUpTo,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { drawBinomial } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'
import { referenceValue, windowError } from './sequential-chart.ts'

/** A chart whose threshold is wanted: CUSUM looking for a change of `change` (a share), or EWMA with weight `lambda`. */
export type ChartKind =
  | { readonly kind: 'cusum'; readonly change?: number }
  | { readonly kind: 'ewma'; readonly lambda: number }

/** What the chart will meet, and how many false alarms one chart may raise within the horizon, on average. */
export type CalibrationInput = {
  readonly chart: ChartKind
  /** Share of the baseline, 0 … 1. */
  readonly share: number
  readonly baselinePeople: number
  readonly windowPeople: number
  /** Windows over which the budget is kept (52 weeks). */
  readonly horizon: number
  /** Mean number of false alarms a chart may raise within the horizon. */
  readonly falseAlarms: number
  readonly random: Random
  /** Simulated charts (20,000). */
  readonly runs?: number
}

/** Threshold (h of a CUSUM, L of an EWMA), reference value, and what it costs in windows to see the change. */
export type CalibratedChart = {
  readonly threshold: number
  readonly k: number
  /** False alarms a chart and horizon in the simulation at this threshold. */
  readonly falseAlarms: number
  /** Windows until a change of this size alarms, mean over charts that see it within the horizon. */
  readonly detection?: { readonly change: number; readonly meanWindows: number; readonly seen: number }
}

type Plan = { readonly input: CalibrationInput; readonly k: number; readonly runs: number }

const highest = 400

/** Standardised values of `runs` charts, each with its own redrawn baseline; the live share is `share` throughout. */
const simulateValues = ({ input, runs }: Plan, share: number): Float64Array => {
  const { baselinePeople, windowPeople, horizon, random } = input
  const values = new Float64Array(runs * horizon)
  for (let run = 0; run < runs; run += 1) {
    // Half a person keeps the error of a baseline without cases away from zero.
    const cases = drawBinomial(random, baselinePeople, input.share)
    const baseline = Math.min(baselinePeople - 0.5, Math.max(0.5, cases)) / baselinePeople
    const error = windowError({ share: baseline, people: baselinePeople }, windowPeople)
    for (let t = 0; t < horizon; t += 1)
      values[run * horizon + t] =
        (drawBinomial(random, windowPeople, share) / windowPeople - baseline) / error
  }
  return values
}

/** Alarms of all charts at a threshold, each chart starting again after an alarm; or the first ones only. */
const countAlarms = (
  { input, k }: Plan,
  values: Float64Array,
  threshold: number,
  onAlarm?: (window: number) => void,
): number => {
  const { horizon, chart } = input
  let alarms = 0
  for (let start = 0; start < values.length; start += horizon) {
    let high = 0
    let low = 0
    let remaining = 1
    for (let t = 0; t < horizon; t += 1) {
      const z = values[start + t] ?? 0
      let limit = threshold
      if (chart.kind === 'cusum') {
        high = Math.max(0, high + z - k)
        low = Math.max(0, low - z - k)
      } else {
        high = (1 - chart.lambda) * high + chart.lambda * z
        low = -high
        remaining *= (1 - chart.lambda) ** 2
        limit = threshold * Math.sqrt((chart.lambda / (2 - chart.lambda)) * (1 - remaining))
      }
      if (high <= limit && low <= limit) continue
      alarms += 1
      high = 0
      low = 0
      remaining = 1
      if (onAlarm) {
        onAlarm(t + 1)
        break
      }
    }
  }
  return alarms
}

const calibrationRules = {
  chart: fields({
    kind: oneOf('cusum', 'ewma'),
    change: optional(numberFrom(-1, 1)),
    lambda: optional(numberFrom(1e-3, 1)),
  }),
  share: aShare,
  baselinePeople: wholeFrom(0, 1e12),
  windowPeople: wholeFrom(0, 1e9),
  horizon: wholeFrom(0, 100_000),
  falseAlarms: positiveUpTo(1e6),
  random: aGenerator,
  runs: optional(wholeFrom(100, 10_000_000)),
}

const faultIn = (input: CalibrationInput): NoAnswer | undefined => {
  const { baselinePeople, windowPeople, horizon } = input
  const fault = faultInInputs(input, calibrationRules)
  if (fault) return fault
  if (baselinePeople === 0 || windowPeople === 0 || horizon === 0)
    return noAnswer('empty', 'people and horizon must be positive')
  if (!(input.share > 0 && input.share < 1)) return noAnswer('uninformative', 'baseline share is 0 or 1')
  return undefined
}

const lowestThreshold = (plan: Plan, values: Float64Array): number => {
  const budget = plan.input.falseAlarms * plan.runs
  // Two standard errors of the simulated count below the budget, so that simulation noise does not overdraw it.
  const most = Math.max(0, budget - 2 * Math.sqrt(budget))
  let low = 0
  let high = 1
  while (high < highest && countAlarms(plan, values, high) > most) {
    low = high
    high *= 2
  }
  for (let round = 0; round < 40 && high - low > 1e-4; round += 1) {
    const middle = (low + high) / 2
    if (countAlarms(plan, values, middle) > most) low = middle
    else high = middle
  }
  return high
}

/**
 * Threshold of a chart with an *estimated* baseline, by simulation that redraws the baseline for every chart: the
 * lowest one at which a chart raises no more false alarms within the horizon than the budget allows. Thresholds from
 * known-baseline run lengths alarm many times as often (Jones, Champ & Rigdon 2004).
 * No answer: empty, invalid-input, uninformative (baseline 0 or 1).
 * Warning `budget-not-reachable`: fewer than half of the charts would see the change within the horizon, or none can
 * keep the budget; the baseline needs more people.
 */
export const calibrateChart = (input: CalibrationInput): Answer<CalibratedChart> => {
  const fault = faultIn(input)
  if (fault) return fault
  const change = input.chart.kind === 'cusum' ? input.chart.change : undefined
  const error = windowError({ share: input.share, people: input.baselinePeople }, input.windowPeople)
  const k = input.chart.kind === 'cusum' ? referenceValue(change ?? 0, error) : 0
  const plan: Plan = { input, k, runs: input.runs ?? 20_000 }
  const values = simulateValues(plan, input.share)
  const threshold = lowestThreshold(plan, values)
  const falseAlarms = countAlarms(plan, values, threshold) / plan.runs
  const notes: Warning[] = []
  if (falseAlarms > input.falseAlarms)
    notes.push(warn('budget-not-reachable', `${falseAlarms.toFixed(3)} false alarms a chart`))
  if (change === undefined || input.share + change >= 1) return answer({ threshold, k, falseAlarms }, notes)
  let windows = 0
  const seenPlan: Plan = { ...plan, runs: Math.min(plan.runs, 4000) }
  const seen = countAlarms(seenPlan, simulateValues(seenPlan, input.share + change), threshold, (window) => {
    windows += window
  })
  const share = seen / seenPlan.runs
  if (share < 0.5)
    notes.push(warn('budget-not-reachable', `${(100 * share).toFixed(0)} % of charts see the change in time`))
  return answer(
    {
      threshold,
      k,
      falseAlarms,
      detection: { change, meanWindows: seen > 0 ? windows / seen : 0, seen: share },
    },
    notes,
  )
}
