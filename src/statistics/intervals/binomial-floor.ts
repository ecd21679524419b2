import { betaQuantile } from '../maths/distributions.ts'
import { clamp, type Interval } from './interval.ts'

/** Exact limits of a share (Clopper & Pearson 1934) at an effective number of people, neither of them whole. */
export const exactLimits = (share: number, people: number, level: number): Interval => {
  const tail = (1 - level) / 2
  const hits = clamp(share) * people
  const low = hits < 1e-9 ? 0 : betaQuantile(tail, hits, people - hits + 1)
  const high = people - hits < 1e-9 ? 1 : betaQuantile(1 - tail, hits + 1, people - hits)
  return { low: clamp(low), high: clamp(high), level }
}

/**
 * Widens limits of a share to what so many people allow at best: whatever a method claims, a share among n people cannot
 * be known better than from n people whose class is known. A bootstrap of nobody gives [0, 0]; this does not.
 */
export const noNarrowerThanExact = <Limits extends Interval>(
  limits: Limits,
  share: number,
  people: number,
): Limits => {
  const exact = exactLimits(share, people, limits.level)
  return {
    ...limits,
    low: Math.min(limits.low, exact.low, share),
    high: Math.max(limits.high, exact.high, share),
  }
}

/** One side of a difference of shares. */
type Side = { readonly share: number; readonly people: number }

/** Widens limits of a difference of shares to the hybrid limits of both (Newcombe 1998, method 10, exact parts). */
export const noNarrowerThanNewcombe = (
  limits: Interval & { readonly estimate: number },
  sides: readonly Side[],
): Interval & { readonly estimate: number } => {
  const [first, second] = sides.map(({ share, people }) => ({
    share,
    ...exactLimits(share, people, limits.level),
  }))
  if (!first || !second) return limits
  const below = Math.hypot(first.share - first.low, second.high - second.share)
  const above = Math.hypot(first.high - first.share, second.share - second.low)
  const { estimate } = limits
  return {
    ...limits,
    low: Math.max(-1, Math.min(limits.low, estimate - below)),
    high: Math.min(1, Math.max(limits.high, estimate + above)),
  }
}
