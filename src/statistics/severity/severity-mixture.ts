import { total } from '../inputs/counts.ts'
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

/** Share of T below which a cell has died out: EM multiplies, so it would not come back within the rounds. */
const extinct = 1e-13

/** Σ chance[from + i] · ratio[first + i] over a cell's bins, in four chains: one chain would wait for each addition. */
const dot = (
  chance: Float64Array,
  from: number,
  ratio: Float64Array,
  first: number,
  length: number,
): number => {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; i + 3 < length; i += 4) {
    a += (chance[from + i] ?? 0) * (ratio[first + i] ?? 0)
    b += (chance[from + i + 1] ?? 0) * (ratio[first + i + 1] ?? 0)
    c += (chance[from + i + 2] ?? 0) * (ratio[first + i + 2] ?? 0)
    d += (chance[from + i + 3] ?? 0) * (ratio[first + i + 3] ?? 0)
  }
  for (; i < length; i += 1) a += (chance[from + i] ?? 0) * (ratio[first + i] ?? 0)
  return a + b + (c + d)
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
  const observed = new Float64Array(bins)
  const people = total(counts)
  for (let b = 0; b < bins; b += 1) observed[b] = (counts[b] ?? 0) / people
  predictBins(table, severity, fitted)
  for (let round = 0; round < rounds; round += 1) {
    for (let b = 0; b < bins; b += 1) {
      const expected = fitted[b] ?? 0
      ratio[b] = expected > 0 ? (observed[b] ?? 0) / expected : 0
      fitted[b] = 0
    }
    for (let c = 0; c < cells; c += 1) {
      const before = severity[c] ?? 0
      if (before < extinct) {
        severity[c] = 0
        continue
      }
      const begin = first[c] ?? 0
      const end = last[c] ?? 0
      const from = offset[c] ?? 0
      const share = before * dot(chance, from, ratio, begin, end - begin)
      severity[c] = share
      for (let b = begin; b < end; b += 1)
        fitted[b] = (fitted[b] ?? 0) + share * (chance[from + b - begin] ?? 0)
    }
  }
  return { severity, fitted }
}
