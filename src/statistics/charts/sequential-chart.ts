import { type Answer, answer, noAnswer } from '../answer.ts'
import {
  aCount,
  aShare,
  faultInInputs,
  fields,
  listOf,
  numberFrom,
  optional,
  positiveUpTo,
  requireInputs,
  wholeFrom,
} from '../inputs/input-rules.ts'

/** Frozen baseline of a chart: the scope's own live period. */
export type ChartBaseline = { readonly share: number; readonly people: number }

/** One window: successes of people. */
export type ChartWindow = { readonly successes: number; readonly people: number }

/** Standardised window: z = (share − baseline)/√(p0(1−p0)(1/m + 1/n_ref)). */
export type ChartPoint = { readonly z: number; readonly windows: number; readonly people: number }

/** People a window needs before it counts; smaller ones are pooled with the next. */
export const fewestInWindow = 200

/** Standard error of a window's share about an estimated baseline. */
export const windowError = (baseline: ChartBaseline, people: number): number =>
  Math.sqrt(baseline.share * (1 - baseline.share) * (1 / people + 1 / baseline.people))

/** Reference value of a CUSUM that looks for a change of `change` (a share): max(.5, Δ/(2 SE)). */
export const referenceValue = (change: number, standardError: number): number => {
  requireInputs({ change, standardError }, { change: numberFrom(), standardError: positiveUpTo() })
  return Math.max(0.5, Math.abs(change) / (2 * standardError))
}

/**
 * Standardises windows about an estimated baseline, pooling neighbours until each holds `fewest` people (200): small
 * windows are skewed and alarm upwards. A last pool that stays too small waits for more people and is left out.
 * No answer: empty, invalid-input, uninformative (baseline 0 or 1), too-few (no pool reaches `fewest`).
 */
export const standardiseWindows = (
  baseline: ChartBaseline,
  windows: readonly ChartWindow[],
  fewest: number = fewestInWindow,
): Answer<readonly ChartPoint[]> => {
  const fault = faultInInputs(
    { baseline, windows, fewest },
    {
      baseline: fields({ share: aShare, people: wholeFrom(1) }),
      windows: listOf(fields({ successes: aCount, people: aCount })),
      fewest: wholeFrom(1),
    },
  )
  if (fault) return fault
  if (windows.length === 0) return noAnswer('empty', 'no windows')
  if (!(baseline.share > 0 && baseline.share < 1))
    return noAnswer('uninformative', 'baseline share is 0 or 1')
  if (windows.some(({ successes, people }) => successes > people))
    return noAnswer('invalid-input', 'windows: more successes than people')
  const points: ChartPoint[] = []
  let pooled = { successes: 0, people: 0, windows: 0 }
  for (const { successes, people } of windows) {
    pooled = {
      successes: pooled.successes + successes,
      people: pooled.people + people,
      windows: pooled.windows + 1,
    }
    if (pooled.people < fewest) continue
    const share = pooled.successes / pooled.people
    const z = (share - baseline.share) / windowError(baseline, pooled.people)
    points.push({ z, windows: pooled.windows, people: pooled.people })
    pooled = { successes: 0, people: 0, windows: 0 }
  }
  return points.length > 0 ? answer(points) : noAnswer('too-few', `no ${fewest} people in all windows`)
}

/** One step of a chart; `high` and `low` are the two sides, `alarm` says which side crossed its limit. */
export type ChartStep = {
  readonly high: number
  readonly low: number
  readonly limit: number
  readonly alarm?: 'up' | 'down'
}

/**
 * Two-sided CUSUM (Page 1954) of standardised values: C⁺ = max(0, C⁺ + z − k), C⁻ alike; alarm when C > h, then both
 * sides start again at 0. k and h in units of z.
 */
export const cusum = (
  values: readonly number[],
  options: { readonly k?: number; readonly h: number },
): ChartStep[] => {
  requireInputs(
    { values, ...options },
    { values: listOf(numberFrom()), k: optional(numberFrom(0, 1e6)), h: positiveUpTo() },
  )
  const { k = 0.5, h } = options
  let high = 0
  let low = 0
  return values.map((z) => {
    high = Math.max(0, high + z - k)
    low = Math.max(0, low - z - k)
    const step = { high, low, limit: h }
    if (high <= h && low <= h) return step
    const alarm: ChartStep['alarm'] = high > h ? 'up' : 'down'
    high = 0
    low = 0
    return { ...step, alarm }
  })
}

/**
 * EWMA (Roberts 1959) with time-varying limits L √(λ/(2−λ)(1 − (1−λ)^{2t})); after an alarm it starts again, limits
 * included. `high` is the average, `low` its mirror image.
 */
export const ewma = (
  values: readonly number[],
  options: { readonly lambda: number; readonly limit: number },
): ChartStep[] => {
  requireInputs(
    { values, ...options },
    { values: listOf(numberFrom()), lambda: numberFrom(1e-6, 1), limit: positiveUpTo() },
  )
  const { lambda, limit } = options
  let average = 0
  let remaining = 1
  return values.map((z) => {
    average = (1 - lambda) * average + lambda * z
    remaining *= (1 - lambda) ** 2
    const reach = limit * Math.sqrt((lambda / (2 - lambda)) * (1 - remaining))
    const step = { high: average, low: -average, limit: reach }
    if (Math.abs(average) <= reach) return step
    const alarm: ChartStep['alarm'] = average > 0 ? 'up' : 'down'
    average = 0
    remaining = 1
    return { ...step, alarm }
  })
}
