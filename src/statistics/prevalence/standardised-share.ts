import { type Answer, answer, noAnswer, warn } from '../answer.ts'
import { sharesOf, total } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, fields, listOf, numberFrom } from '../inputs/input-rules.ts'
import { clamp, deviateOf, type Estimate, usualLevel } from '../intervals/interval.ts'
import { faultInEmptyStrata, mergeSmallStrata } from './live-shares.ts'

/** One stratum: successes of trials, and its weight in the standard population (any positive scale). */
export type WeightedStratum = { readonly weight: number; readonly successes: number; readonly trials: number }

/** Directly standardised share; `effectiveSize` is the simple sample that would be as precise. */
export type StandardisedShare = Estimate & { readonly standardError: number; readonly effectiveSize: number }

const weightedStrata = listOf(fields({ weight: numberFrom(0, 1e9), successes: aCount, trials: aCount }))

/**
 * Directly standardised share Σ w p with variance Σ w² p(1−p)/n and Wilson limits at the effective sample size
 * (Korn & Graubard 1998). Strata below ten people are merged with their neighbour, in the order given. Byar's limits
 * are for rates and are not used. Standardising by age and sex does not cure referral.
 * No answer: empty, invalid-input, too-few (fewer than ten people in all, or a
 * fifth of the weight in strata below ten).
 */
export const standardisedShare = (
  strata: readonly WeightedStratum[],
  level: number = usualLevel,
): Answer<StandardisedShare> => {
  const fault = faultInInputs({ strata, level }, { strata: weightedStrata, level: aLevel })
  if (fault) return fault
  if (strata.length === 0) return noAnswer('empty', 'no strata')
  if (strata.some(({ successes, trials }) => successes > trials))
    return noAnswer('invalid-input', 'strata: more successes than trials')
  if (!(total(strata.map(({ weight }) => weight)) > 0))
    return noAnswer('invalid-input', 'strata: weights are all zero')
  if (total(strata.map(({ trials }) => trials)) < 10) return noAnswer('too-few', 'fewer than ten people')
  const counted = strata.map(({ weight, successes, trials }) => ({
    weight,
    counts: [successes, trials - successes],
  }))
  const thin = faultInEmptyStrata(counted)
  if (thin) return thin
  const merged = mergeSmallStrata(counted)
  const weights = sharesOf(merged.map(({ weight }) => weight))
  let share = 0
  let variance = 0
  let design = 0
  merged.forEach(({ counts }, s) => {
    const n = total(counts)
    const p = (counts[0] ?? 0) / n
    const w = weights[s] ?? 0
    share += w * p
    variance += (w * w * p * (1 - p)) / n
    design += (w * w) / n
  })
  // Where every stratum shows none or all, the weights alone say how large a simple sample this is worth.
  const people = total(strata.map(({ trials }) => trials))
  const effectiveSize = Math.min(people, variance > 0 ? (share * (1 - share)) / variance : 1 / design)
  const z = deviateOf(level)
  const shrink = 1 + (z * z) / effectiveSize
  const centre = (share + (z * z) / (2 * effectiveSize)) / shrink
  const reach =
    (z / shrink) *
    Math.sqrt((share * (1 - share)) / effectiveSize + (z * z) / (4 * effectiveSize * effectiveSize))
  const notes =
    merged.length < strata.length
      ? [warn('strata-merged', `${strata.length} strata became ${merged.length}`)]
      : []
  return answer(
    {
      estimate: share,
      low: clamp(Math.min(share, centre - reach)),
      high: clamp(Math.max(share, centre + reach)),
      level,
      standardError: Math.sqrt(variance),
      effectiveSize,
    },
    notes,
  )
}
