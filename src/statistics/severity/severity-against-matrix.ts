import { type Answer, answer, noAnswer, warn } from '../answer.ts'
import { filled, total } from '../inputs/counts.ts'
import { listOf, wholeFrom } from '../inputs/input-rules.ts'
import { type Estimate, percentileInterval, usualLevel } from '../intervals/interval.ts'
import { drawMultinomial } from '../maths/draws.ts'
import { apply, inverse } from '../maths/linear-algebra.ts'
import { projectOntoSimplex } from '../maths/simplex.ts'
import { columnTotals, smoothedColumns } from '../prevalence/confusion-matrix.ts'
import { faultInSeverityInput, type SeverityWindowInput } from './card-rules.ts'
import { bootstrapSeverity, fitSeverityWindow } from './severity-prevalence.ts'

/** Severity-aware minus matrix estimate of each class, with the bootstrap limits of the difference. */
export type MatrixComparison = {
  readonly severity: readonly number[]
  readonly matrix: readonly number[]
  readonly differences: readonly Estimate[]
  /** Whether some difference is further from 0 than its limits allow. */
  readonly differs: boolean
}

/** People of each called class, from people by score bin. */
const callBins = (counts: ArrayLike<number>, called: readonly number[], classes: number): number[] => {
  const sums = filled(classes, 0)
  for (let b = 0; b < counts.length; b += 1) {
    const k = called[b] ?? 0
    sums[k] = (sums[k] ?? 0) + (counts[b] ?? 0)
  }
  return sums
}

const byMatrix = (
  classCounts: readonly ArrayLike<number>[],
  live: ArrayLike<number>,
  called: readonly number[],
): number[] | undefined => {
  const classes = classCounts.length
  const perClass = classCounts.map((counts) => callBins(counts, called, classes))
  const confusion = filled(classes, 0).map((_, i) => perClass.map((counts) => counts[i] ?? 0))
  const back = inverse(smoothedColumns(confusion))
  if (!back || columnTotals(confusion).includes(0)) return undefined
  const people = total(live)
  const shares = callBins(live, called, classes).map((count) => count / people)
  return projectOntoSimplex(apply(back, shares))
}

/**
 * Sets the matrix estimate beside the severity-aware one as a check; warning `differs-from-matrix` where they differ by
 * more than the bootstrap interval of the difference (card and window redrawn together). Never average the two.
 * `called[b]` is the class that the decision rule calls in score bin b: bins must end at the thresholds.
 * No answer: domain-mismatch, empty, invalid-input, too-few (< 50 people), singular (the matrix cannot be inverted).
 */
export const compareWithMatrix = (
  input: SeverityWindowInput & {
    readonly called: readonly number[]
  },
): Answer<MatrixComparison> => {
  const { card, live, called, random, draws = 200, level = usualLevel } = input
  const fault = faultInSeverityInput(input, { called: listOf(wholeFrom(0, 2)) })
  if (fault) return fault
  const bins = card.edges.length + 1
  if (called.length !== bins) return noAnswer('invalid-input', `called takes ${bins} classes, one a bin`)
  const matrix = byMatrix(card.classCounts, live, called)
  if (!matrix) return noAnswer('singular', 'the confusion matrix cannot be inverted')
  const severity = fitSeverityWindow(card, live).shares
  const drawn = bootstrapSeverity(card, live, { random, draws }, ({ shares }, window) => {
    const again = card.classCounts.map((counts) =>
      drawMultinomial(random, total(counts), counts, new Float64Array(bins)),
    )
    const other = byMatrix(again, window, called) ?? matrix
    return shares.map((share, k) => share - (other[k] ?? 0))
  })
  const differences = severity.map((share, k): Estimate => {
    const estimate = share - (matrix[k] ?? 0)
    const values = drawn.map((difference) => difference[k] ?? 0)
    return { estimate, ...percentileInterval(values, level) }
  })
  const differs = differences.some(({ low, high }) => low > 0 || high < 0)
  const notes = differs ? [warn('differs-from-matrix', 'severity within classes differs from the card')] : []
  return answer({ severity: [...severity], matrix, differences, differs }, notes)
}
