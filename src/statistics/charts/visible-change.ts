import { type Answer, answer, noAnswer } from '../answer.ts'
import {
  aChance,
  faultInInputs,
  numberFrom,
  optional,
  positiveUpTo,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { cusumRunLength } from './run-length.ts'
import { fewestInWindow } from './sequential-chart.ts'

/** The smallest change of a share that a chart sees, on average, within so many weeks. */
export type VisibleChange = {
  /** In shares: .06 is six points. */
  readonly change: number
  readonly weeks: number
  readonly peopleAWeek: number
  /** The sentence that stands with a verdict. */
  readonly statement: string
}

/**
 * Smallest change of a share whose mean time to the alarm is at most `weeks`, for a CUSUM with threshold h and reference
 * value k: the shift at which its run length is so many windows. What is smaller may be there unseen.
 * No answer: invalid-input, too-few (not one full window within the weeks), uninformative (no change would be seen).
 */
export const smallestVisibleChange = (input: {
  readonly share: number
  readonly baselinePeople: number
  readonly peopleAWeek: number
  readonly threshold: number
  readonly k?: number
  readonly overDispersion?: number
  readonly weeks: number
}): Answer<VisibleChange> => {
  const fault = faultInInputs(input, {
    share: aChance,
    baselinePeople: wholeFrom(1),
    peopleAWeek: wholeFrom(1),
    threshold: positiveUpTo(100),
    k: optional(numberFrom(0, 100)),
    overDispersion: optional(numberFrom(1, 1e6)),
    weeks: positiveUpTo(1e4),
  })
  if (fault) return fault
  const { share, baselinePeople, peopleAWeek, threshold: h, k = 0.5, overDispersion = 1, weeks } = input
  const windowWeeks = Math.max(1, Math.ceil(fewestInWindow / peopleAWeek))
  const windows = weeks / windowWeeks
  if (windows < 1)
    return noAnswer('too-few', `${windowWeeks} weeks make one window of ${fewestInWindow} people`)
  const people = windowWeeks * peopleAWeek
  const error = Math.sqrt(overDispersion * share * (1 - share) * (1 / people + 1 / baselinePeople))
  const seen = (change: number): boolean =>
    cusumRunLength({ k, h, shift: Math.min(100, change / error) }) <= windows
  let [low, high] = [0, 1 - share]
  if (!seen(high)) return noAnswer('uninformative', `no change would be seen within ${weeks} weeks`)
  for (let round = 0; round < 30; round += 1) {
    const middle = (low + high) / 2
    if (seen(middle)) high = middle
    else low = middle
  }
  const points = (100 * high).toFixed(1)
  const statement = `with ${peopleAWeek} people a week a change of ${points} points would have been seen within ${weeks} weeks; smaller ones not`
  return answer({ change: high, weeks, peopleAWeek, statement })
}
