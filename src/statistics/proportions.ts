import { type Answer, answer } from './answer.ts'
import { faultInTrials } from './counts.ts'
import { betaQuantile } from './distributions.ts'
import { deviateOf, type Interval, usualLevel } from './interval.ts'

/** A share with its confidence limits. */
export type ShareInterval = Interval & { readonly estimate: number }

export type Trials = {
  /** Integers, 0 ≤ successes ≤ trials. */
  readonly successes: number
  readonly trials: number
  /** Confidence level, .95 where not given. */
  readonly level?: number
}

/**
 * Wilson's score interval of a share (Wilson 1927; Newcombe 1998, method 3): inside [0, 1] by itself, and
 * never of zero width.
 */
export const wilson = ({ successes, trials, level = usualLevel }: Trials): Answer<ShareInterval> => {
  const fault = faultInTrials(successes, trials, 'share')
  if (fault !== undefined) return fault
  const z = deviateOf(level)
  const share = successes / trials
  const denominator = 1 + z ** 2 / trials
  const centre = (share + z ** 2 / (2 * trials)) / denominator
  const half = (z / denominator) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2))
  // With no success, and with successes only, the limit is exact; rounding must not carry it across.
  const low = successes === 0 ? 0 : centre - half
  const high = successes === trials ? 1 : centre + half
  return answer({ estimate: share, low, high, level })
}

/** The exact interval of a share (Clopper & Pearson 1934), by quantiles of the beta distribution. */
export const clopperPearson = ({ successes, trials, level = usualLevel }: Trials): Answer<ShareInterval> => {
  const fault = faultInTrials(successes, trials, 'share')
  if (fault !== undefined) return fault
  const tail = (1 - level) / 2
  const low = successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1)
  const high = successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes)
  return answer({ estimate: successes / trials, low, high, level })
}
