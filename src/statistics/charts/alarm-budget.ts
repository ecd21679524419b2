import { type Answer, answer, noAnswer } from '../answer.ts'
import { faultInInputs, numberFrom, optional, positiveUpTo, wholeFrom } from '../inputs/input-rules.ts'
import { cusumRunLength, cusumThreshold } from './run-length.ts'

/** False alarms that people accept in a period over all charts, and how many windows the period has. */
export type AlarmBudget = {
  readonly charts: number
  readonly falseAlarms: number
  /** Windows of one chart in the period (4.348 weeks in a month). */
  readonly windows: number
  readonly k?: number
}

/** What the budget asks of each chart. */
export type ChartBudget = {
  /** Average windows between false alarms of one chart. */
  readonly runLength: number
  /** False alarms of one chart in one window: what `calibrateChart` is to keep, times its horizon. */
  readonly perWindow: number
  /** Threshold with a *known* baseline; a lower bound, calibrate with the baseline's own size. */
  readonly knownBaselineThreshold: number
  /** Windows to see a shift of one standard error at that threshold. */
  readonly windowsToSee: number
}

/** Run length above which nobody would live to see whether it is kept. */
const longestRunLength = 1e13

/**
 * Turns a false-alarm budget into a run length and a threshold for each chart: Σ over charts of 1/ARL0 = alarms
 * accepted. One a month over 2,000 weekly charts: ARL0 ≈ 8,700, h ≈ 7.9, 16 weeks to see one standard error.
 * No answer: empty (no charts), invalid-input, uninformative (a run length above 1e13).
 */
export const budgetToThreshold = (budget: AlarmBudget): Answer<ChartBudget> => {
  const fault = faultInInputs(budget, {
    charts: wholeFrom(0, 1_000_000_000),
    falseAlarms: positiveUpTo(1e9),
    windows: positiveUpTo(1e9),
    k: optional(numberFrom(0, 100)),
  })
  if (fault) return fault
  const { charts, falseAlarms, windows, k = 0.5 } = budget
  if (charts === 0) return noAnswer('empty', 'no charts')
  const runLength = (charts * windows) / falseAlarms
  if (runLength < 1) return noAnswer('invalid-input', 'more false alarms accepted than windows')
  if (runLength > longestRunLength)
    return noAnswer('uninformative', `no chart keeps a run length of ${runLength.toExponential(1)} windows`)
  const h = cusumThreshold(runLength, k)
  return answer({
    runLength,
    perWindow: 1 / runLength,
    knownBaselineThreshold: h,
    windowsToSee: cusumRunLength({ k, h, shift: 1 }),
  })
}
