import { type Answer, answer, type NoAnswer, noAnswer } from '../answer.ts'
import { faultInCounts, total } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, optional, rowsOf } from '../inputs/input-rules.ts'
import type { Estimate } from '../intervals/interval.ts'
import { wilson } from '../intervals/proportions.ts'
import { entry } from '../maths/linear-algebra.ts'

/**
 * Validation counts of one site: `counts[i][j]` people of true class j whom the decision rule calls i
 * (rows = called, columns = true), on the voting unit.
 */
export type ConfusionCounts = readonly (readonly number[])[]

/** One class against the rest, each share with a Wilson interval, or the reason why there is none. */
export type ClassPerformance = {
  readonly people: number
  readonly sensitivity: Answer<Estimate>
  readonly specificity: Answer<Estimate>
  readonly positivePredictiveValue: Answer<Estimate>
  readonly negativePredictiveValue: Answer<Estimate>
}

/** Accuracy and the four shares of each class. */
export type ConfusionSummary = {
  readonly people: number
  readonly accuracy: Answer<Estimate>
  readonly classes: readonly ClassPerformance[]
}

/** Says what is wrong with confusion counts: not square, not counts, all zero. */
export const faultInConfusion = (counts: ConfusionCounts): NoAnswer | undefined => {
  if (counts.length < 2) return noAnswer('empty', 'confusion counts need two classes or more')
  if (counts.some((row) => row.length !== counts.length))
    return noAnswer('invalid-input', 'confusion counts are not square')
  return faultInCounts(counts.flat(), 'confusion counts')
}

/** People of each true class. */
export const columnTotals = (counts: ConfusionCounts): number[] =>
  counts.map((_, j) => counts.reduce((sum, row) => sum + (row[j] ?? 0), 0))

/** Entry-wise sum of the counts of several sites of one shape. */
export const poolConfusion = (sites: readonly ConfusionCounts[]): number[][] =>
  (sites[0] ?? []).map((row, i) => row.map((_, j) => sites.reduce((sum, site) => sum + entry(site, i, j), 0)))

/** P(called i | true j) with (c_ij + 1/K)/(n_j + 1), K classes; every column sums to 1. */
export const smoothedColumns = (counts: ConfusionCounts): number[][] => {
  const people = columnTotals(counts)
  const added = 1 / counts.length
  return counts.map((row) => row.map((count, j) => (count + added) / ((people[j] ?? 0) + 1)))
}

/**
 * Accuracy, and sensitivity, specificity and predictive values of each class against the rest, from counts.
 * Predictive values, specificity and accuracy move with the class mix without any change of the model: compare
 * columns of the matrix across sites, not these. No answer: empty, invalid-input.
 */
export const summariseConfusion = (counts: ConfusionCounts, level?: number): Answer<ConfusionSummary> => {
  const fault =
    faultInInputs({ counts, level }, { counts: rowsOf(aCount), level: optional(aLevel) }) ??
    faultInConfusion(counts)
  if (fault) return fault
  const share = (successes: number, trials: number): Answer<Estimate> =>
    wilson(level === undefined ? { successes, trials } : { successes, trials, level })
  const people = total(counts.flat())
  const actual = columnTotals(counts)
  const hits = counts.map((row, k) => row[k] ?? 0)
  const classes = counts.map((row, k) => {
    const hit = hits[k] ?? 0
    const called = total(row)
    const ill = actual[k] ?? 0
    const clear = people - called - ill + hit
    return {
      people: ill,
      sensitivity: share(hit, ill),
      specificity: share(clear, people - ill),
      positivePredictiveValue: share(hit, called),
      negativePredictiveValue: share(clear, people - called),
    }
  })
  return answer({ people, accuracy: share(total(hits), people), classes })
}
