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
