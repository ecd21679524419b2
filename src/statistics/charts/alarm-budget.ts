import { type Answer, answer, noAnswer } from '../answer.ts'
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

/**
 * Turns a false-alarm budget into a run length and a threshold for each chart: Σ over charts of 1/ARL0 = alarms
 * accepted. One a month over 2,000 weekly charts: ARL0 ≈ 8,700, h ≈ 7.9, 16 weeks to see one standard error.
 * No answer: empty (no charts), invalid-input.
 */
export const budgetToThreshold = (budget: AlarmBudget): Answer<ChartBudget> => {
  const { charts, falseAlarms, windows, k = 0.5 } = budget
  if (charts === 0) return noAnswer('empty', 'no charts')
  if (!(charts > 0 && falseAlarms > 0 && windows > 0))
    return noAnswer('invalid-input', 'budget must be positive')
  const runLength = (charts * windows) / falseAlarms
  if (!Number.isFinite(runLength) || runLength < 1)
    return noAnswer('invalid-input', 'more false alarms accepted than windows')
  const h = cusumThreshold(runLength, k)
  return answer({
    runLength,
    perWindow: 1 / runLength,
    knownBaselineThreshold: h,
    windowsToSee: cusumRunLength({ k, h, shift: 1 }),
  })
}
