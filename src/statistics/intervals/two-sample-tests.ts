import { type Answer, answer, noAnswer, warn } from '../answer.ts'
import { type Counts, faultInCounts, total } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, listOf, optional, someTrials } from '../inputs/input-rules.ts'
import { chiSquareTail, normalTwoSided } from '../maths/distributions.ts'
import { clamp, deviateOf, type Interval, usualLevel } from './interval.ts'

/** Statistic and p of a test; `df` where it is a χ². */
export type TestResult = { readonly statistic: number; readonly p: number; readonly df?: number }

/**
 * Two-sample χ² of homogeneity over bins (Pearson 1900); bins that are empty in both samples do not count.
 * The reference is a sample too: taking it as exact alarms in 20–78 % of unchanged windows.
 * No answer: empty, invalid-input, too-few (fewer than two bins used).
 */
export const chiSquareTwoSample = (input: {
  readonly reference: Counts
  readonly live: Counts
}): Answer<TestResult> => {
  const { reference, live } = input
  const fault =
    faultInInputs(input, { reference: listOf(aCount), live: listOf(aCount) }) ??
    faultInCounts(reference, 'reference') ??
    faultInCounts(live, 'live')
  if (fault) return fault
  if (reference.length !== live.length) return noAnswer('invalid-input', 'reference and live bins differ')
  const n = total(reference)
  const m = total(live)
  let statistic = 0
  let used = 0
  let smallest = Number.POSITIVE_INFINITY
  for (let b = 0; b < live.length; b += 1) {
    const both = (reference[b] ?? 0) + (live[b] ?? 0)
    if (both === 0) continue
    used += 1
    const expectedReference = (both * n) / (n + m)
    const expectedLive = (both * m) / (n + m)
    smallest = Math.min(smallest, expectedReference, expectedLive)
    statistic += ((reference[b] ?? 0) - expectedReference) ** 2 / expectedReference
    statistic += ((live[b] ?? 0) - expectedLive) ** 2 / expectedLive
  }
  if (used < 2) return noAnswer('too-few', 'fewer than two bins hold people')
  const notes = smallest < 1 ? [warn('asymptotic', `smallest expected count ${smallest.toFixed(2)}`)] : []
  return answer({ statistic, p: chiSquareTail(statistic, used - 1), df: used - 1 }, notes)
}

/** A window's share tested against the reference's share, with the limits of the window's share when nothing changed. */
export type WindowLimits = Interval & { readonly share: number; readonly z: number; readonly p: number }

/**
 * Limits of a window's share, p0 ± z √(p0(1−p0)(1/n_ref + 1/m)): they follow from both sizes, unlike mean ± 3 sd over
 * chunks. Where p0 is 0 or 1 the pooled share stands in for the variance. No answer: empty, invalid-input.
 */
export const windowLimits = (input: {
  readonly reference: { readonly successes: number; readonly trials: number }
  readonly live: { readonly successes: number; readonly trials: number }
  readonly level?: number
}): Answer<WindowLimits> => {
  const { reference, live, level = usualLevel } = input
  const asked = faultInInputs(input, { reference: someTrials, live: someTrials, level: optional(aLevel) })
  if (asked) return asked
  const fault =
    faultInCounts([reference.successes, reference.trials - reference.successes], 'reference') ??
    faultInCounts([live.successes, live.trials - live.successes], 'live')
  if (fault) return fault
  const p0 = reference.successes / reference.trials
  const pooled = (reference.successes + live.successes) / (reference.trials + live.trials)
  const base = p0 > 0 && p0 < 1 ? p0 : pooled
  const error = Math.sqrt(base * (1 - base) * (1 / reference.trials + 1 / live.trials))
  const share = live.successes / live.trials
  const z = error > 0 ? (share - p0) / error : 0
  const reach = deviateOf(level) * error
  return answer({
    share,
    z,
    p: normalTwoSided(z),
    low: clamp(p0 - reach),
    high: clamp(p0 + reach),
    level,
  })
}
