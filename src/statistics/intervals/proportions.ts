import { type Answer, answer, type NoAnswer, warn } from '../answer.ts'
import { faultInTrials } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, optional } from '../inputs/input-rules.ts'
import { betaQuantile } from '../maths/distributions.ts'
import { clamp, deviateOf, type Estimate, usualLevel } from './interval.ts'

/** A share with its confidence limits. */
export type ShareInterval = Estimate

/** Counts behind a share: whole, 0 ≤ successes ≤ trials. */
export type ShareInput = {
  readonly successes: number
  readonly trials: number
  /** Confidence level, .95 where not given. */
  readonly level?: number
}

/** Limits of Wilson's score test; `trials` may be an effective number, not whole. */
export const scoreLimits = (share: number, trials: number, level: number): ShareInterval => {
  const z = deviateOf(level)
  const shrink = 1 + (z * z) / trials
  const centre = (share + (z * z) / (2 * trials)) / shrink
  const reach = (z / shrink) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  // With no success, and with successes only, the limit is exact; rounding must not carry it across.
  const low = share === 0 ? 0 : clamp(centre - reach)
  const high = share === 1 ? 1 : clamp(centre + reach)
  return { estimate: share, low, high, level }
}

/**
 * Wilson's score interval of a share (Wilson 1927; Newcombe 1998, method 3): inside [0, 1] by itself and never of
 * zero width; the one to show for raw shares.
 * No answer: empty (no trials), invalid-input (not whole, or more successes than trials).
 */
export const wilson = (input: ShareInput): Answer<ShareInterval> => {
  const { successes, trials, level = usualLevel } = input
  const fault = faultInShare(input) ?? faultInTrials(successes, trials, 'share')
  if (fault) return fault
  return answer(scoreLimits(successes / trials, trials, level))
}

/**
 * Exact interval of a share by quantiles of the beta distribution (Clopper & Pearson 1934): covers at least `level`.
 * No answer: empty, invalid-input.
 */
export const clopperPearson = (input: ShareInput): Answer<ShareInterval> => {
  const { successes, trials, level = usualLevel } = input
  const fault = faultInShare(input) ?? faultInTrials(successes, trials, 'share')
  if (fault) return fault
  const tail = (1 - level) / 2
  const low = successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1)
  const high = successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes)
  return answer({ estimate: successes / trials, low, high, level })
}

/** Bounds of a share over all films, and the share of films that carry no class. */
export type UnreadableBounds = {
  readonly low: number
  readonly high: number
  readonly unreadableShare: number
}

/**
 * Bounds of a share when `unreadable` films carry no class: [p(1 − r), p(1 − r) + r] with r the unreadable share
 * (Manski 1989). Fractures and implants are not missing at random, so these bounds stand beside every share.
 * No answer: empty, invalid-input.
 */
export const unreadableBounds = (
  input: ShareInput & { readonly unreadable: number },
): Answer<UnreadableBounds> => {
  const { successes, trials, unreadable } = input
  const fault =
    faultInInputs(input, { successes: aCount, trials: aCount, unreadable: aCount }) ??
    faultInTrials(successes, trials, 'share') ??
    faultInTrials(unreadable, trials + unreadable, 'films')
  if (fault) return fault
  const all = trials + unreadable
  const bounds = {
    low: successes / all,
    high: (successes + unreadable) / all,
    unreadableShare: unreadable / all,
  }
  return answer(bounds, trials < 30 ? [warn('small-window', `${trials} readable films`)] : [])
}

const faultInShare = (input: ShareInput): NoAnswer | undefined =>
  faultInInputs(input, { successes: aCount, trials: aCount, level: optional(aLevel) })
