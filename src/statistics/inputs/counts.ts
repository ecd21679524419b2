import { type NoAnswer, noAnswer } from '../answer.ts'

/** Whole, non-negative numbers, one for each category: the sufficient statistic most methods here ask for. */
export type Counts = ArrayLike<number>

/** Tells whether a value is a count: a whole number of zero or more. */
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** A list of `length` equal numbers. */
export const filled = (length: number, value: number): number[] => Array.from({ length }, () => value)

/** Adds up values; 0 for none. */
export const total = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i] ?? 0
  return sum
}

/** Divides each value by their sum; the caller has made sure that the sum is positive. */
export const sharesOf = (values: ArrayLike<number>): number[] => {
  const sum = total(values)
  return Array.from(values, (value) => value / sum)
}

/** Says what is wrong with a list of counts, or nothing where each is a count and one is positive. */
export const faultInCounts = (values: Counts, name: string): NoAnswer | undefined => {
  if (values.length === 0) return noAnswer('empty', `${name}: no categories`)
  for (let i = 0; i < values.length; i += 1) {
    if (!isCount(values[i] ?? Number.NaN))
      return noAnswer('invalid-input', `${name}: entry ${i} is no whole count`)
  }
  return total(values) === 0 ? noAnswer('empty', `${name}: all counts are zero`) : undefined
}

/** Says what is wrong with successes out of trials, or nothing where 0 ≤ successes ≤ trials and trials > 0. */
export const faultInTrials = (successes: number, trials: number, name: string): NoAnswer | undefined => {
  if (!isCount(successes) || !isCount(trials) || successes > trials)
    return noAnswer('invalid-input', `${name}: ${successes} of ${trials} are no counts`)
  return trials === 0 ? noAnswer('empty', `${name}: no trials`) : undefined
}
