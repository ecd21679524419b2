import { type Answer, answer, noAnswer } from '../answer.ts'
import { aChance, faultInInputs, numberFrom, optional } from '../inputs/input-rules.ts'
import { binomialCdf, binomialQuantile, normalQuantile } from '../maths/distributions.ts'

/** Share expected, share to be noticed (lower), one-sided error (.05) and power (.8). */
export type LabelAudit = {
  readonly expected: number
  readonly noticed: number
  readonly alpha?: number
  readonly power?: number
}

/** Labels needed: by the normal formula, and by exact binomial power (the one to report). */
export type LabelAuditSize = {
  readonly exact: number
  readonly normal: number
  /** The audit alarms at this many hits or fewer among `exact` labels. */
  readonly alarmAt: number
  readonly power: number
}

/** Greatest hit count whose chance is at most α when nothing changed; −1 where none is. */
const criticalCount = (n: number, expected: number, alpha: number): number => {
  const k = binomialQuantile(alpha, n, expected)
  return binomialCdf(k, n, expected) <= alpha ? k : k - 1
}

/**
 * Labels that a one-sided audit needs to notice that a share (accuracy, sensitivity) fell from `expected` to `noticed`:
 * normal formula n = ((z_α √(p0 q0) + z_β √(p1 q1))/(p0 − p1))², and the smallest n whose exact binomial test reaches
 * the power. 89.4 → 84.4 %: 264 and 280. No answer: invalid-input, uninformative (more than 100,000 labels).
 */
export const labelAuditSize = (audit: LabelAudit): Answer<LabelAuditSize> => {
  const fault = faultInInputs(audit, {
    expected: aChance,
    noticed: aChance,
    alpha: optional(numberFrom(1e-9, 0.5)),
    power: optional(numberFrom(0.5, 1 - 1e-9)),
  })
  if (fault) return fault
  const { expected, noticed, alpha = 0.05, power = 0.8 } = audit
  if (noticed >= expected) return noAnswer('invalid-input', 'needs 0 < noticed < expected < 1')
  const spread = (p: number): number => Math.sqrt(p * (1 - p))
  const reach = normalQuantile(1 - alpha) * spread(expected) + normalQuantile(power) * spread(noticed)
  const normal = Math.ceil((reach / (expected - noticed)) ** 2)
  if (normal > 100_000) return noAnswer('uninformative', `${normal} labels would be needed`)
  for (let n = Math.max(1, Math.floor(normal / 2)); n <= 4 * normal + 100; n += 1) {
    const alarmAt = criticalCount(n, expected, alpha)
    const reached = alarmAt < 0 ? 0 : binomialCdf(alarmAt, n, noticed)
    if (reached >= power) return answer({ exact: n, normal, alarmAt, power: reached })
  }
  return noAnswer('uninformative', 'no sample size reaches the power')
}
