import { quantileOfSorted } from '../intervals/interval.ts'
import { filled } from './counts.ts'
import { listOf, numberFrom, requireInputs, wholeFrom } from './input-rules.ts'

/** Quantile bins used where the caller names none. */
export const usualBins = 24

/** A quantile edge this close (in ranks) to a threshold gives way to it, so that no bin is nearly empty. */
const closest = 0.01

/**
 * Inner edges of score bins, fixed once from the reference: `bins` quantile bins plus the decision thresholds,
 * ascending and distinct. Bin b holds scores in (edge b−1, edge b]; there is one bin more than edges.
 */
export const edgesFromReference = (
  scores: ArrayLike<number>,
  thresholds: readonly number[] = [],
  bins: number = usualBins,
): number[] => {
  requireInputs(
    { scores, thresholds, bins },
    { scores: listOf(numberFrom()), thresholds: listOf(numberFrom()), bins: wholeFrom(1, 10_000) },
  )
  const sorted = Float64Array.from(scores).sort()
  const ranks = thresholds.map((threshold) => binOf(sorted, threshold) / Math.max(1, sorted.length))
  const edges = new Set<number>(thresholds)
  for (let i = 1; i < bins && sorted.length > 0; i += 1)
    if (ranks.every((rank) => Math.abs(rank - i / bins) >= closest))
      edges.add(quantileOfSorted(sorted, i / bins))
  return Array.from(Float64Array.from(edges).sort())
}

/** Bin of a score: how many edges lie below it (binary search). */
export const binOf = (edges: ArrayLike<number>, score: number): number => {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((edges[middle] ?? Number.POSITIVE_INFINITY) < score) low = middle + 1
    else high = middle
  }
  return low
}

/** Counts of scores in each bin. */
export const countScores = (edges: ArrayLike<number>, scores: ArrayLike<number>): number[] => {
  requireInputs({ edges, scores }, { edges: listOf(numberFrom()), scores: listOf(numberFrom()) })
  const counts = filled(edges.length + 1, 0)
  for (let i = 0; i < scores.length; i += 1) {
    const bin = binOf(edges, scores[i] ?? 0)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}
