import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { faultInTrials } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, optional, someTrials } from '../inputs/input-rules.ts'
import { clamp, deviateOf, type Interval, usualLevel } from '../intervals/interval.ts'

/** Successes out of trials of a validation study. */
export type Trials = { readonly successes: number; readonly trials: number }

/** Live counts, and the counts behind sensitivity (among the diseased) and specificity (among the others). */
export type TwoClassInput = {
  readonly positives: number
  readonly tested: number
  readonly sensitivity: Trials
  readonly specificity: Trials
  readonly level?: number
}

/** Prevalence corrected for sensitivity and specificity; `unclipped` may lie outside [0, 1]. */
export type CorrectedShare = { readonly prevalence: number; readonly unclipped: number; readonly raw: number }

/** Youden's index below which a test says too little about who is ill. */
const leastYouden = 0.1

const faultIn = (input: TwoClassInput): NoAnswer | undefined => {
  const { positives, tested, sensitivity, specificity } = input
  const fault =
    faultInInputs(input, {
      positives: aCount,
      tested: aCount,
      sensitivity: someTrials,
      specificity: someTrials,
      level: optional(aLevel),
    }) ??
    faultInTrials(positives, tested, 'live') ??
    faultInTrials(sensitivity.successes, sensitivity.trials, 'sensitivity') ??
    faultInTrials(specificity.successes, specificity.trials, 'specificity')
  if (fault) return fault
  const youden = sensitivity.successes / sensitivity.trials + specificity.successes / specificity.trials - 1
  return youden < leastYouden
    ? noAnswer('uninformative', `sensitivity + specificity − 1 is ${youden.toFixed(3)}, below ${leastYouden}`)
    : undefined
}

/**
 * Prevalence of one disease from test results: (AP + Sp − 1)/(Se + Sp − 1) (Rogan & Gladen 1978), clipped to [0, 1]
 * with the warning `clipped`. Not for osteoporosis "against the rest" where the osteopenia share moves: use the matrix.
 * No answer: empty, invalid-input, uninformative (Se + Sp − 1 < .1).
 */
export const roganGladen = (input: TwoClassInput): Answer<CorrectedShare> => {
  const fault = faultIn(input)
  if (fault) return fault
  const raw = input.positives / input.tested
  const se = input.sensitivity.successes / input.sensitivity.trials
  const sp = input.specificity.successes / input.specificity.trials
  const unclipped = (raw + sp - 1) / (se + sp - 1)
  const prevalence = clamp(unclipped)
  const warnings =
    prevalence === unclipped ? [] : [warn('clipped', `the correction gives ${unclipped.toFixed(4)}`)]
  return answer({ prevalence, unclipped, raw }, warnings)
}

/**
 * Interval of the corrected prevalence that carries the uncertainty of sensitivity and specificity
 * (Lang & Reiczigel 2014); the point is the unadjusted Rogan–Gladen estimate. Both limits can clip to the same end:
 * then `both-limits-clipped` is set and the interval must not be shown as one of zero width. With few validation cases
 * the point can lie outside its own limits: then `point-outside-limits` is set.
 * No answer: empty, invalid-input, uninformative.
 */
export const langReiczigel = (input: TwoClassInput): Answer<CorrectedShare & Interval> => {
  const point = roganGladen(input)
  if (point.kind === 'no-answer') return point
  const level = input.level ?? usualLevel
  const z = deviateOf(level)
  const n = input.tested + z * z
  const p = (input.positives + (z * z) / 2) / n
  const nSe = input.sensitivity.trials + 2
  const se = (input.sensitivity.successes + 1) / nSe
  const nSp = input.specificity.trials + 2
  const sp = (input.specificity.successes + 1) / nSp
  const youden = se + sp - 1
  const centre = (p + sp - 1) / youden
  const ofSe = (se * (1 - se)) / nSe
  const ofSp = (sp * (1 - sp)) / nSp
  const error =
    Math.sqrt((p * (1 - p)) / n + centre ** 2 * ofSe + (1 - centre) ** 2 * ofSp) / Math.abs(youden)
  const shift = 2 * z * z * (centre * ofSe - (1 - centre) * ofSp)
  const low = clamp(centre + shift - z * error)
  const high = clamp(centre + shift + z * error)
  const flags: Warning[] = [...point.warnings]
  if (low === high) flags.push(warn('both-limits-clipped', `both limits clip to ${low}`))
  const { prevalence } = point.value
  if (prevalence < low || prevalence > high)
    flags.push(
      warn(
        'point-outside-limits',
        'the limits add a case and a non-case to each validation count, which the point does not: few were validated',
      ),
    )
  return answer({ ...point.value, low, high, level }, flags)
}
