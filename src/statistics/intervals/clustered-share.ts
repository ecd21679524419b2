import { type Answer, answer, noAnswer } from '../answer.ts'
import { type Clusters, clusteredVariance, fullDesignEffect } from '../inputs/clusters.ts'
import { total } from '../inputs/counts.ts'
import { aFlag, aKey, aLevel, faultInInputs, listOf, optional } from '../inputs/input-rules.ts'
import { usualLevel } from './interval.ts'
import { type ShareInterval, scoreLimits } from './proportions.ts'

/** Outcome of each film (1 or true for a success) and whose films they are. */
export type ClusteredShareInput = {
  readonly successes: ArrayLike<number | boolean>
  readonly clusters?: Clusters
  readonly level?: number
}

/**
 * Share with Wilson's limits at the effective number of films, n/deff (Rao & Scott 1992; Korn & Graubard 1998): two hips
 * of a person count as less than two films as far as they agree. The design effect is never below 1, and where all
 * films agree, so that it cannot be measured, hips of a person count as one. No answer: empty, invalid-input.
 */
export const clusteredShare = (input: ClusteredShareInput): Answer<ShareInterval> => {
  const fault = faultInInputs(input, {
    successes: listOf(aFlag),
    clusters: optional(listOf(aKey)),
    level: optional(aLevel),
  })
  if (fault) return fault
  const { successes, clusters, level = usualLevel } = input
  const films = successes.length
  if (films === 0) return noAnswer('empty', 'no films')
  if (clusters && clusters.length !== films)
    return noAnswer('invalid-input', 'clusters and outcomes differ in length')
  const outcomes = Array.from(successes, (value) => Number(value))
  const share = total(outcomes) / films
  const simple = (share * (1 - share)) / films
  const influence = outcomes.map((value) => value - share)
  const design =
    simple > 0 ? clusteredVariance(influence, clusters) / simple : fullDesignEffect(films, clusters)
  return answer(scoreLimits(share, films / Math.max(1, design), level))
}
