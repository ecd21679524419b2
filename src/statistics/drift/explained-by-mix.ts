import { type Answer, answer, noAnswer } from '../answer.ts'
import { type Counts, faultInCounts, filled, total } from '../inputs/counts.ts'
import { aCount, faultInInputs, listOf, rowsOf } from '../inputs/input-rules.ts'
import { stabilityIndex } from './population-stability.ts'

/** What a changed mix of strata (age × sex) explains of a change in scores. */
export type MixExplanation = {
  /** Stability index of the reference re-weighted to the live mix against the reference itself. */
  readonly index: number
  /** The reference as it would look with the live mix, in people by score bin. */
  readonly reweighted: readonly number[]
}

/**
 * Re-weights the reference to the live mix of strata and says how far that moves its scores: a part of what the
 * population explains (Kitagawa 1955). Strata without live people get weight 0.
 * No answer: empty, invalid-input, class-never-seen (live people in a stratum the reference never had).
 */
export const explainedByMix = (input: {
  /** Reference people by stratum (rows) and score bin (columns). */
  readonly reference: readonly Counts[]
  /** Live people in each stratum. */
  readonly live: Counts
}): Answer<MixExplanation> => {
  const { reference, live } = input
  const fault =
    faultInInputs(input, { reference: rowsOf(aCount), live: listOf(aCount) }) ??
    faultInCounts(live, 'live strata')
  if (fault) return fault
  const bins = reference[0]?.length ?? 0
  const sound =
    reference.length === live.length && bins > 0 && reference.every((counts) => counts.length === bins)
  if (!sound) return noAnswer('invalid-input', 'each live stratum needs reference counts by bin')
  const people = reference.map(total)
  const all = total(people)
  if (all === 0) return noAnswer('empty', 'no reference people')
  const missing = people.findIndex((count, s) => count === 0 && (live[s] ?? 0) > 0)
  if (missing >= 0) return noAnswer('class-never-seen', `stratum ${missing} is not in the reference`)
  const liveAll = total(live)
  const pooled = filled(bins, 0)
  const reweighted = filled(bins, 0)
  reference.forEach((counts, s) => {
    const size = people[s] ?? 0
    const factor = size > 0 ? ((live[s] ?? 0) / liveAll) * (all / size) : 0
    for (let b = 0; b < bins; b += 1) {
      pooled[b] = (pooled[b] ?? 0) + (counts[b] ?? 0)
      reweighted[b] = (reweighted[b] ?? 0) + factor * (counts[b] ?? 0)
    }
  })
  return answer({ index: stabilityIndex(reweighted, pooled), reweighted })
}
