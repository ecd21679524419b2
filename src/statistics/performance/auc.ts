import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { indexClusters } from '../inputs/clusters.ts'
import { type Counts, faultInCounts, total } from '../inputs/counts.ts'
import {
  aCount,
  aFlag,
  aKey,
  aLevel,
  faultInInputs,
  listOf,
  numberFrom,
  optional,
  rowsOf,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { exactLimits } from '../intervals/binomial-floor.ts'
import { deviateOf, type Estimate, usualLevel } from '../intervals/interval.ts'
import { normalTwoSided } from '../maths/distributions.ts'
import type { Rows } from '../maths/linear-algebra.ts'

/** Scores of one or more models on the same films, which films are positive, and whose films they are. */
export type ClusteredScores = {
  /** Models × films; higher means more positive. */
  readonly scores: readonly ArrayLike<number>[]
  /** 1 (or true) for a positive film, 0 for a negative one. */
  readonly positive: ArrayLike<number | boolean>
  /** Person of each film; two hips of a person are one cluster. Leave out where every film is its own person. */
  readonly clusters?: ArrayLike<string | number>
  readonly level?: number
}

/** AUC of each model with limits, and the covariance of the AUCs (models × models). */
export type AucEstimates = {
  readonly models: readonly (Estimate & { readonly standardError: number })[]
  readonly covariance: Rows
  readonly positives: number
  readonly negatives: number
  readonly persons: number
}

/** Number of sorted values below `value`, plus half of those equal to it. */
const rankIn = (sorted: Float64Array, value: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  const below = low
  high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return (below + low) / 2
}

const faultInScores = (input: ClusteredScores): NoAnswer | undefined => {
  const fault = faultInInputs(input, {
    scores: rowsOf(numberFrom()),
    positive: listOf(aFlag),
    clusters: optional(listOf(aKey)),
    level: optional(aLevel),
  })
  if (fault) return fault
  const films = input.positive.length
  if (films === 0 || input.scores.length === 0) return noAnswer('empty', 'no scores')
  if (input.scores.some((scores) => scores.length !== films))
    return noAnswer('invalid-input', 'scores and labels differ in length')
  if (input.clusters && input.clusters.length !== films)
    return noAnswer('invalid-input', 'clusters and labels differ in length')
  return undefined
}

type Placements = {
  readonly auc: number
  /** Σ over a person's positive films of (placement − AUC), by person; likewise for negative films. */
  readonly positives: Float64Array
  readonly negatives: Float64Array
}

const placementsOf = (
  scores: ArrayLike<number>,
  positive: ArrayLike<number | boolean>,
  person: Int32Array,
  persons: number,
  sizes: { readonly positives: number; readonly negatives: number },
): Placements => {
  const ill = new Float64Array(sizes.positives)
  const well = new Float64Array(sizes.negatives)
  let i = 0
  let j = 0
  for (let film = 0; film < positive.length; film += 1)
    if (positive[film]) ill[i++] = scores[film] ?? 0
    else well[j++] = scores[film] ?? 0
  ill.sort()
  well.sort()
  const placement = new Float64Array(positive.length)
  let area = 0
  for (let film = 0; film < positive.length; film += 1) {
    const score = scores[film] ?? 0
    const value = positive[film]
      ? rankIn(well, score) / sizes.negatives
      : 1 - rankIn(ill, score) / sizes.positives
    placement[film] = value
    if (positive[film]) area += value
  }
  const auc = area / sizes.positives
  const positives = new Float64Array(persons)
  const negatives = new Float64Array(persons)
  for (let film = 0; film < positive.length; film += 1) {
    const target = positive[film] ? positives : negatives
    const at = person[film] ?? 0
    target[at] = (target[at] ?? 0) + (placement[film] ?? 0) - auc
  }
  return { auc, positives, negatives }
}

const sumOfProducts = (left: Float64Array, right: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < left.length; i += 1) sum += (left[i] ?? 0) * (right[i] ?? 0)
  return sum
}

/**
 * Limits on the logit scale, which keeps them inside (0, 1). Where the ranks do not vary (perfect separation) DeLong's
 * error is 0: then the exact limits of a share among the persons of the smaller side stand in.
 */
const limitsOf = (auc: number, standardError: number, level: number, persons: number): Estimate => {
  const z = deviateOf(level)
  if (auc <= 0 || auc >= 1 || standardError < 1e-9)
    return { estimate: auc, ...exactLimits(auc, persons, level) }
  const centre = Math.log(auc / (1 - auc))
  const reach = (z * standardError) / (auc * (1 - auc))
  const back = (x: number): number => 1 / (1 + Math.exp(-x))
  return { estimate: auc, low: back(centre - reach), high: back(centre + reach), level }
}

const clusterCounts = (positive: ArrayLike<number | boolean>, person: Int32Array, persons: number) => {
  const hasPositive = new Uint8Array(persons)
  const hasNegative = new Uint8Array(persons)
  for (let film = 0; film < positive.length; film += 1)
    (positive[film] ? hasPositive : hasNegative)[person[film] ?? 0] = 1
  return { positive: total(hasPositive), negative: total(hasNegative) }
}

/**
 * AUC of each model with the covariance of DeLong (1988), by ranks in O(n log n) (Sun & Xu 2014), films of one person
 * clustered (Obuchowski 1997). Without clusters it is DeLong's own. Limits on the logit scale.
 * No answer: empty, class-never-seen (no positive or no negative film), too-few (fewer than two persons on a side),
 * invalid-input.
 */
export const clusteredDeLong = (input: ClusteredScores): Answer<AucEstimates> => {
  const fault = faultInScores(input)
  if (fault) return fault
  const { scores, positive, level = usualLevel } = input
  const films = positive.length
  let positives = 0
  for (let film = 0; film < films; film += 1) if (positive[film]) positives += 1
  const negatives = films - positives
  if (positives === 0 || negatives === 0)
    return noAnswer('class-never-seen', positives === 0 ? 'no positive film' : 'no negative film')
  const [person, persons] = indexClusters(films, input.clusters)
  const sides = clusterCounts(positive, person, persons)
  if (sides.positive < 2 || sides.negative < 2)
    return noAnswer('too-few', 'fewer than two persons with a positive or a negative film')
  const placed = scores.map((of) => placementsOf(of, positive, person, persons, { positives, negatives }))
  const covariance = placed.map((left) =>
    placed.map((right) => {
      const s10 = sumOfProducts(left.positives, right.positives) * (sides.positive / (sides.positive - 1))
      const s01 = sumOfProducts(left.negatives, right.negatives) * (sides.negative / (sides.negative - 1))
      const cross =
        sumOfProducts(left.positives, right.negatives) + sumOfProducts(right.positives, left.negatives)
      const s11 = cross * (persons / (persons - 1))
      return s10 / positives ** 2 + s01 / negatives ** 2 + s11 / (positives * negatives)
    }),
  )
  const notes: Warning[] =
    Math.min(sides.positive, sides.negative) < 10
      ? [warn('small-window', 'fewer than ten persons on a side')]
      : []
  if (placed.some(({ auc }) => auc <= 0 || auc >= 1))
    notes.push(
      warn('exact-limits', 'the classes do not overlap here: limits of a share among the smaller side'),
    )
  const models = placed.map(({ auc }, k) => {
    const standardError = Math.sqrt(Math.max(0, covariance[k]?.[k] ?? 0))
    return { ...limitsOf(auc, standardError, level, Math.min(sides.positive, sides.negative)), standardError }
  })
  return answer({ models, covariance, positives, negatives, persons }, notes)
}

/** Difference of two AUCs on the same films, with plain limits and a two-sided p. */
export type AucDifference = Estimate & { readonly standardError: number; readonly p: number }

/**
 * Paired comparison of two models on the same films (DeLong 1988, clustered): first minus second.
 * No answer: as `clusteredDeLong`; uninformative where both models rank all films alike.
 */
export const compareAucs = (
  input: Omit<ClusteredScores, 'scores'> & {
    readonly first: ArrayLike<number>
    readonly second: ArrayLike<number>
  },
): Answer<AucDifference> => {
  const { first, second, ...rest } = input
  const both = clusteredDeLong({ ...rest, scores: [first, second] })
  if (both.kind === 'no-answer') return both
  const { covariance, models } = both.value
  const estimate = (models[0]?.estimate ?? 0) - (models[1]?.estimate ?? 0)
  const variance = (covariance[0]?.[0] ?? 0) + (covariance[1]?.[1] ?? 0) - 2 * (covariance[0]?.[1] ?? 0)
  if (!(variance > 1e-18)) return noAnswer('uninformative', 'both models rank the films alike')
  const standardError = Math.sqrt(variance)
  const level = input.level ?? usualLevel
  const reach = deviateOf(level) * standardError
  return answer(
    {
      estimate,
      low: estimate - reach,
      high: estimate + reach,
      level,
      standardError,
      p: normalTwoSided(estimate / standardError),
    },
    both.warnings,
  )
}

/**
 * AUC from counts by score bin, ascending: what ClickHouse can group. Ties within a bin count one half, so coarse bins
 * bring it closer to 1/2. No answer: empty, invalid-input, class-never-seen.
 */
export const aucFromCounts = (input: {
  readonly positives: Counts
  readonly negatives: Counts
}): Answer<{ readonly auc: number; readonly positives: number; readonly negatives: number }> => {
  const { positives, negatives } = input
  const misfit = faultInInputs(input, { positives: listOf(aCount), negatives: listOf(aCount) })
  if (misfit) return misfit
  if (positives.length !== negatives.length) return noAnswer('invalid-input', 'bins differ')
  const fault = faultInCounts(positives, 'positives') ?? faultInCounts(negatives, 'negatives')
  if (fault) return fault.reason === 'empty' ? noAnswer('class-never-seen', fault.detail) : fault
  let below = 0
  let area = 0
  for (let b = 0; b < positives.length; b += 1) {
    const well = negatives[b] ?? 0
    area += (positives[b] ?? 0) * (below + well / 2)
    below += well
  }
  const ill = total(positives)
  return answer({ auc: area / (ill * below), positives: ill, negatives: below })
}

/**
 * Pairwise AUCs: entry [k][j] is the chance that a person of class k scores higher *on class k's score* than a person
 * of class j; .5 on the diagonal. They do not move with the class mix. `scores` is people × K.
 * No answer: empty, class-never-seen, invalid-input.
 */
export const pairwiseAuc = (input: {
  readonly scores: readonly (readonly number[])[]
  readonly labels: readonly number[]
}): Answer<Rows> => {
  const { scores, labels } = input
  const fault = faultInInputs(input, { scores: rowsOf(numberFrom()), labels: listOf(wholeFrom(0)) })
  if (fault) return fault
  if (scores.length === 0) return noAnswer('empty', 'no people')
  const classes = scores[0]?.length ?? 0
  if (labels.length !== scores.length || scores.some((row) => row.length !== classes))
    return noAnswer('invalid-input', `scores takes ${classes} numbers a person, labels one`)
  const members = Array.from({ length: classes }, (_, k) =>
    labels.flatMap((label, i) => (label === k ? [i] : [])),
  )
  const never = members.findIndex((people) => people.length === 0)
  if (never >= 0) return noAnswer('class-never-seen', `class ${never} is not among the labels`)
  const rows = members.map((own, k) =>
    members.map((other, j) => {
      if (j === k) return 0.5
      const sorted = Float64Array.from(other, (i) => scores[i]?.[k] ?? 0).sort()
      const area = own.reduce((sum, i) => sum + rankIn(sorted, scores[i]?.[k] ?? 0), 0)
      return area / (own.length * other.length)
    }),
  )
  return answer(rows)
}
