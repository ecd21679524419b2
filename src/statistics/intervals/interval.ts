import { aLevel, listOf, numberFrom, requireInputs } from '../inputs/input-rules.ts'
import { normalQuantile } from '../maths/distributions.ts'

/** Lower and upper limit of an estimate, in the estimate's own unit, at a confidence level between 0 and 1. */
export type Interval = { readonly low: number; readonly high: number; readonly level: number }

/** An estimate with its limits. */
export type Estimate = Interval & { readonly estimate: number }

/** Confidence level used where the caller names none. */
export const usualLevel = 0.95

/** The normal deviate of a two-sided interval: 1.959964 at .95. */
export const deviateOf = (level: number): number => {
  requireInputs({ level }, { level: aLevel })
  return normalQuantile(0.5 + level / 2)
}

/** Keeps a number inside [low, high]. */
export const clamp = (value: number, low = 0, high = 1): number => Math.min(high, Math.max(low, value))

/** estimate ± deviate · standard error, unclipped. */
export const normalInterval = (
  estimate: number,
  standardError: number,
  level: number = usualLevel,
): Interval => {
  requireInputs({ estimate, standardError }, { estimate: numberFrom(), standardError: numberFrom(0) })
  const reach = deviateOf(level) * standardError
  return { low: estimate - reach, high: estimate + reach, level }
}

/**
 * Quantile of sorted values by linear interpolation (Hyndman–Fan type 7, numpy's default).
 * `sorted` must be ascending and not empty; 0 ≤ p ≤ 1.
 */
export const quantileOfSorted = (sorted: ArrayLike<number>, p: number): number => {
  const place = clamp(p) * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below] ?? 0
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? 0
  return low + (high - low) * (place - below)
}

/** Percentile interval of bootstrap draws (Efron 1979); `draws` must not be empty, its order is kept. */
export const percentileInterval = (draws: ArrayLike<number>, level: number = usualLevel): Interval => {
  requireInputs({ draws, level }, { draws: listOf(numberFrom()), level: aLevel })
  if (draws.length === 0) throw new RangeError('draws takes one number or more, not an empty list')
  const sorted = Float64Array.from(draws).sort()
  return {
    low: quantileOfSorted(sorted, (1 - level) / 2),
    high: quantileOfSorted(sorted, (1 + level) / 2),
    level,
  }
}
