import type { ResponseTable } from './severity-response.ts'

/** Rounds of EM after which the distribution of T is taken; the stop is the smoothing. */
export const usualRounds = 50

/** Distribution of T (shares of the cells) and the score-bin shares it predicts. */
export type SeverityMixture = { readonly severity: Float64Array; readonly fitted: Float64Array }

/** Score-bin shares that a distribution of T predicts. */
export const predictBins = (
  table: ResponseTable,
  severity: Float64Array,
  into: Float64Array = new Float64Array(table.bins),
): Float64Array => {
  const { chance, first, last, offset, cells } = table
  into.fill(0)
  for (let c = 0; c < cells; c += 1) {
    const share = severity[c] ?? 0
    if (share === 0) continue
    const end = last[c] ?? 0
    let at = offset[c] ?? 0
    for (let b = first[c] ?? 0; b < end; b += 1) {
      into[b] = (into[b] ?? 0) + share * (chance[at] ?? 0)
      at += 1
    }
  }
  return into
}

/**
 * Non-parametric maximum likelihood of the distribution of T from score-bin counts by EM (Laird 1978), started from
 * `start` and stopped after `rounds`: early stopping keeps it smooth (Silverman et al. 1990).
 * `counts` need not be whole; their sum must be positive. Shares sum to 1.
 */
export const fitSeverity = (
  table: ResponseTable,
  counts: ArrayLike<number>,
  start: Float64Array,
  rounds: number = usualRounds,
): SeverityMixture => {
  const { chance, first, last, offset, cells, bins } = table
  const severity = start.slice()
  const fitted = new Float64Array(bins)
  const ratio = new Float64Array(bins)
  let people = 0
  for (let b = 0; b < bins; b += 1) people += counts[b] ?? 0
  const observed = Float64Array.from({ length: bins }, (_, b) => (counts[b] ?? 0) / people)
  predictBins(table, severity, fitted)
  for (let round = 0; round < rounds; round += 1) {
    for (let b = 0; b < bins; b += 1) {
      const expected = fitted[b] ?? 0
      ratio[b] = expected > 0 ? (observed[b] ?? 0) / expected : 0
      fitted[b] = 0
    }
    for (let c = 0; c < cells; c += 1) {
      const end = last[c] ?? 0
      const from = first[c] ?? 0
      const base = (offset[c] ?? 0) - from
      let factor = 0
      for (let b = from; b < end; b += 1) factor += (chance[base + b] ?? 0) * (ratio[b] ?? 0)
      const share = (severity[c] ?? 0) * factor
      severity[c] = share
      for (let b = from; b < end; b += 1) fitted[b] = (fitted[b] ?? 0) + share * (chance[base + b] ?? 0)
    }
  }
  return { severity, fitted }
}
