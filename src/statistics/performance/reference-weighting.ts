import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { total } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, fields, listOf, optional, wholeFrom } from '../inputs/input-rules.ts'
import { noNarrowerThanExact } from '../intervals/binomial-floor.ts'
import { clamp, deviateOf, type Estimate, usualLevel } from '../intervals/interval.ts'

/** People of one score bin and called class: how many were seen, and the true classes of those with a reference test. */
export type VerifiedBin = {
  readonly called: number
  readonly seen: number
  /** Reference-tested people by true class. */
  readonly verified: readonly number[]
}

/** Estimates of one class for everybody seen, from those who got a reference test. */
export type WeightedClass = {
  readonly prevalence: Estimate
  readonly sensitivity?: Estimate
  readonly positivePredictiveValue?: Estimate
}

/** Weighted estimates, the weighted confusion counts (called × true) and the sizes behind them. */
export type WeightedReference = {
  readonly classes: readonly WeightedClass[]
  readonly confusion: readonly (readonly number[])[]
  readonly seen: number
  readonly verified: number
  /** Size of a simple random sample of tests that would be as precise (Kish 1965). */
  readonly effectiveVerified: number
}

const faultInBins = (input: ReferenceInput): NoAnswer | undefined => {
  const { bins, classes } = input
  const fault = faultInInputs(input, {
    classes: wholeFrom(2, 20),
    bins: listOf(
      fields({ called: wholeFrom(0, classes - 1), seen: aCount, verified: listOf(aCount, classes) }),
    ),
    level: optional(aLevel),
  })
  if (fault) return fault
  if (!bins.some(({ seen }) => seen > 0)) return noAnswer('empty', 'nobody seen')
  for (const [b, { seen, verified }] of bins.entries()) {
    if (total(verified) > seen)
      return noAnswer('invalid-input', `bins[${b}].verified holds more tests than people seen`)
    if (seen > 0 && total(verified) === 0)
      return noAnswer('bin-never-verified', `bin ${b} has no reference test`)
  }
  return undefined
}

/** Verified and seen people by score bin. */
type ReferenceInput = {
  readonly bins: readonly VerifiedBin[]
  readonly classes: number
  readonly level?: number
}

type WeighedBin = {
  readonly called: number
  readonly weight: number
  readonly tests: number
  readonly shares: number[]
  /** Shares with half a test added: one test a bin does not show that the bin never varies. */
  readonly smoothed: number[]
}

/**
 * Ratio Σ W g p / Σ W p of a sub-group (`inside` 1 or 0 a bin) with its delta-method error: tests are a random sample
 * within a bin, bins are a multinomial sample of people.
 */
const ratioOf = (
  bins: readonly WeighedBin[],
  people: number,
  level: number,
  numerator: (bin: WeighedBin) => number,
  denominator: (bin: WeighedBin) => number,
  varianceOf: (bin: WeighedBin, ratio: number) => number,
): Estimate | undefined => {
  const below = bins.reduce((sum, bin) => sum + bin.weight * denominator(bin), 0)
  if (!(below > 0)) return undefined
  const estimate = bins.reduce((sum, bin) => sum + bin.weight * numerator(bin), 0) / below
  const variance = bins.reduce((sum, bin) => {
    const within = (bin.weight ** 2 * varianceOf(bin, estimate)) / bin.tests
    const between = (bin.weight * (numerator(bin) - estimate * denominator(bin)) ** 2) / people
    return sum + within + between
  }, 0)
  const reach = deviateOf(level) * (Math.sqrt(variance) / below)
  const limits = { estimate, low: clamp(estimate - reach), high: clamp(estimate + reach), level }
  // Tests behind the denominator, each weighted by the people it stands for (Kish 1965).
  const squares = bins.reduce((sum, bin) => sum + (bin.weight ** 2 * denominator(bin)) / bin.tests, 0)
  return noNarrowerThanExact(limits, estimate, below ** 2 / squares)
}

const classOf = (bins: readonly WeighedBin[], people: number, level: number, k: number): WeightedClass => {
  const p = (bin: WeighedBin): number => bin.shares[k] ?? 0
  const isCalled = (bin: WeighedBin): number => (bin.called === k ? 1 : 0)
  const bernoulli = (bin: WeighedBin): number => {
    const smoothed = bin.smoothed[k] ?? 0
    return smoothed * (1 - smoothed)
  }
  const prevalence = ratioOf(bins, people, level, p, () => 1, bernoulli)
  const sensitivity = ratioOf(
    bins,
    people,
    level,
    (bin) => isCalled(bin) * p(bin),
    p,
    (bin, ratio) => (isCalled(bin) - ratio) ** 2 * bernoulli(bin),
  )
  const positivePredictiveValue = ratioOf(
    bins,
    people,
    level,
    (bin) => isCalled(bin) * p(bin),
    isCalled,
    (bin) => isCalled(bin) * bernoulli(bin),
  )
  return {
    prevalence: prevalence ?? { estimate: 0, low: 0, high: 1, level },
    ...(sensitivity ? { sensitivity } : {}),
    ...(positivePredictiveValue ? { positivePredictiveValue } : {}),
  }
}

/**
 * Prevalence, sensitivity and predictive values for everybody seen, from the people who were referred to a reference
 * test: each test counts 1/P(tested | score bin) (Horvitz & Thompson 1952; Begg & Greenes 1983). Holds where referral
 * depends on the score bin only. Limits are never narrower than the exact ones at the effective number of tests.
 * No answer: empty, invalid-input, bin-never-verified (a bin with people and without a test).
 */
export const weightReferenceTests = (input: ReferenceInput): Answer<WeightedReference> => {
  const { classes, level = usualLevel } = input
  const fault = faultInBins(input)
  if (fault) return fault
  const used = input.bins.filter(({ seen }) => seen > 0)
  const people = total(used.map(({ seen }) => seen))
  const bins = used.map(({ called, seen, verified }): WeighedBin => {
    const tests = total(verified)
    return {
      called,
      weight: seen / people,
      tests,
      shares: verified.map((count) => count / tests),
      smoothed: verified.map((count) => (count + 1 / classes) / (tests + 1)),
    }
  })
  const confusion = Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes }, (_unused, j) =>
      bins.reduce((sum, bin) => sum + (bin.called === i ? bin.weight * people * (bin.shares[j] ?? 0) : 0), 0),
    ),
  )
  const verified = total(bins.map(({ tests }) => tests))
  const squares = bins.reduce((sum, { weight, tests }) => sum + (weight * people) ** 2 / tests, 0)
  const scarce = bins.filter(({ tests }) => tests < 5).length
  const notes: Warning[] =
    scarce > 0 ? [warn('small-window', `${scarce} bins have fewer than five tests`)] : []
  return answer(
    {
      classes: Array.from({ length: classes }, (_, k) => classOf(bins, people, level, k)),
      confusion,
      seen: people,
      verified,
      effectiveVerified: people ** 2 / squares,
    },
    notes,
  )
}
