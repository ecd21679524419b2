import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { type Counts, faultInCounts, filled, isCount, sharesOf, total } from '../inputs/counts.ts'
import {
  aCount,
  faultInInputs,
  fields,
  listOf,
  numberFrom,
  oneOf,
  type Rule,
  requireInputs,
} from '../inputs/input-rules.ts'
import { multinomialCovariance, type Rows } from '../maths/linear-algebra.ts'

/** One stratum (age band × sex, …) with its weight in the standard population; weights are scaled to sum 1. */
export type Stratum = { readonly weight: number; readonly counts: Counts }

/**
 * Called classes of the live people: pooled counts; counts by clinic (for trends over ten clinics or more); or
 * counts by stratum with the weights of a standard population.
 */
export type LiveCounts =
  | { readonly kind: 'pooled'; readonly counts: Counts }
  | { readonly kind: 'clusters'; readonly counts: readonly Counts[] }
  | { readonly kind: 'strata'; readonly strata: readonly Stratum[] }

/** Shares of the called classes, the covariance of their sampling error, and the people behind them. */
export type LiveShares = {
  readonly people: number
  readonly shares: readonly number[]
  readonly covariance: Rows
  readonly clinics: number
  /** People of a simple sample that would be as precise; limits are never narrower than they allow. */
  readonly effectivePeople: number
}

/** Clinics below which the cluster variance is too unsteady to use. */
const fewestClusters = 10
/** People below which a stratum is merged with its neighbour. */
const fewestInStratum = 10
/** Weight of the standard population that such strata may hold together. */
const mostUnseenWeight = 0.2

/** Strata of a standard population with the live counts of each. */
export const someStrata: Rule = listOf(fields({ weight: numberFrom(0, 1e9), counts: listOf(aCount) }))

/** Live counts in any of the three forms. */
export const liveRule: Rule = (value, name) =>
  fields({ kind: oneOf('pooled', 'clusters', 'strata') })(value, name) ??
  (fields({ kind: oneOf('strata') })(value, name) === undefined
    ? fields({ strata: someStrata })(value, name)
    : fields({ kind: oneOf('clusters') })(value, name) === undefined
      ? fields({ counts: listOf(listOf(aCount)) })(value, name)
      : fields({ counts: listOf(aCount) })(value, name))

/** Says so where strata of a fifth of the weight have next to nobody: their neighbours would speak for them. */
export const faultInEmptyStrata = (strata: readonly Stratum[]): NoAnswer | undefined => {
  const weights = sharesOf(strata.map(({ weight }) => weight))
  const thin = strata.flatMap(({ counts }, s) => (total(counts) < fewestInStratum ? [s] : []))
  const held = thin.reduce((sum, s) => sum + (weights[s] ?? 0), 0)
  return held > mostUnseenWeight
    ? noAnswer(
        'too-few',
        `strata ${thin.join(', ')} hold ${held.toFixed(2)} of the weight and fewer than ten people each`,
      )
    : undefined
}

const sumCounts = (parts: readonly Counts[]): number[] =>
  Array.from(parts[0] ?? [], (_, k) => parts.reduce((sum, part) => sum + (part[k] ?? 0), 0))

const faultInParts = (parts: readonly Counts[], classes: number): NoAnswer | undefined => {
  if (parts.length === 0) return noAnswer('empty', 'live counts: none')
  if (parts.some((part) => part.length !== classes))
    return noAnswer('invalid-input', `live counts need ${classes} classes`)
  if (parts.some((part) => !Array.from(part).every(isCount)))
    return noAnswer('invalid-input', 'live counts are not whole')
  return faultInCounts(sumCounts(parts), 'live counts')
}

const scaled = (rows: Rows, factor: number): number[][] => rows.map((row) => row.map((v) => v * factor))

const pooledShares = (counts: Counts, clinics: number): LiveShares => {
  const people = total(counts)
  const shares = sharesOf(counts)
  const covariance = scaled(multinomialCovariance(shares), 1 / people)
  return { people, shares, covariance, clinics, effectivePeople: people }
}

/** Between-clinic covariance C/(C−1) Σ n_c² (q_c − q)(q_c − q)ᵀ/N² (linearised ratio estimator, Cochran 1977). */
const clusteredShares = (clusters: readonly Counts[]): LiveShares => {
  const used = clusters.filter((counts) => total(counts) > 0)
  const pooled = pooledShares(sumCounts(used), used.length)
  const classes = pooled.shares.length
  const covariance = Array.from({ length: classes }, () => filled(classes, 0))
  for (const counts of used) {
    const size = total(counts)
    const gaps = pooled.shares.map((share, k) => (counts[k] ?? 0) - size * share)
    covariance.forEach((row, i) => {
      row.forEach((value, j) => {
        row[j] = value + (gaps[i] ?? 0) * (gaps[j] ?? 0)
      })
    })
  }
  const factor = used.length / (used.length - 1) / pooled.people ** 2
  const between = scaled(covariance, factor)
  const traceOf = (rows: Rows): number => rows.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  const design = traceOf(between) / Math.max(1e-300, traceOf(pooled.covariance))
  return { ...pooled, covariance: between, effectivePeople: pooled.people / Math.max(1, design) }
}

/** Merges each stratum below ten people into its neighbour, in the order given; weights and counts add up. */
export const mergeSmallStrata = (strata: readonly Stratum[]): Stratum[] => {
  requireInputs({ strata }, { strata: someStrata })
  const merged: Stratum[] = []
  let waiting: Stratum | undefined
  for (const stratum of strata) {
    const joined: Stratum = waiting
      ? {
          weight: waiting.weight + stratum.weight,
          counts: sumCounts([waiting.counts, stratum.counts]),
        }
      : stratum
    if (total(joined.counts) < fewestInStratum) waiting = joined
    else {
      merged.push(joined)
      waiting = undefined
    }
  }
  const last = merged.pop()
  if (waiting === undefined) return last ? [...merged, last] : merged
  if (last === undefined) return [waiting]
  const weight = last.weight + waiting.weight
  return [...merged, { weight, counts: sumCounts([last.counts, waiting.counts]) }]
}

const standardisedShares = (strata: readonly Stratum[]): LiveShares => {
  const weights = sharesOf(strata.map(({ weight }) => weight))
  const parts = strata.map(({ counts }) => pooledShares(counts, 1))
  const classes = parts[0]?.shares.length ?? 0
  const shares = Array.from({ length: classes }, (_, k) =>
    parts.reduce((sum, part, s) => sum + (weights[s] ?? 0) * (part.shares[k] ?? 0), 0),
  )
  const covariance = Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes }, (_, j) =>
      parts.reduce((sum, part, s) => sum + (weights[s] ?? 0) ** 2 * (part.covariance[i]?.[j] ?? 0), 0),
    ),
  )
  const people = parts.reduce((sum, part) => sum + part.people, 0)
  const design = parts.reduce((sum, part, s) => sum + (weights[s] ?? 0) ** 2 / part.people, 0)
  return { people, shares, covariance, clinics: 1, effectivePeople: Math.min(people, 1 / design) }
}

/**
 * Shares of the called classes with the covariance that fits how the people were sampled.
 * Fewer than ten clinics fall back on the multinomial covariance with the warning `few-clusters`.
 * No answer: empty, invalid-input (not counts, other number of classes, weights not positive).
 */
export const readLiveShares = (live: LiveCounts, classes: number): Answer<LiveShares> => {
  const misfit = faultInInputs({ live }, { live: liveRule })
  if (misfit) return misfit
  if (live.kind === 'pooled') {
    const fault = faultInParts([live.counts], classes)
    return fault ?? answer(pooledShares(live.counts, 1))
  }
  if (live.kind === 'clusters') {
    const fault = faultInParts(live.counts, classes)
    if (fault) return fault
    const used = live.counts.filter((counts) => total(counts) > 0).length
    if (used >= fewestClusters) return answer(clusteredShares(live.counts))
    const detail = `${used} clinics, ${fewestClusters} needed for a variance between clinics`
    return answer(pooledShares(sumCounts(live.counts), used), [warn('few-clusters', detail)])
  }
  const { strata } = live
  const fault = faultInParts(
    strata.map(({ counts }) => counts),
    classes,
  )
  if (fault) return fault
  if (!(total(strata.map(({ weight }) => weight)) > 0))
    return noAnswer('invalid-input', 'strata: weights are all zero')
  const thin = faultInEmptyStrata(strata)
  if (thin) return thin
  const merged = mergeSmallStrata(strata)
  const notes: Warning[] =
    merged.length < strata.length
      ? [warn('strata-merged', `${strata.length} strata became ${merged.length}, each of ten people or more`)]
      : []
  return answer(standardisedShares(merged), notes)
}
