import { type Answer, answer, noAnswer } from '../answer.ts'
import { total } from '../inputs/counts.ts'
import { aCount, aShare, aText, faultInInputs, fields, listOf, optional } from '../inputs/input-rules.ts'
import { clamp, quantileOfSorted } from '../intervals/interval.ts'
import { binomialCdf, binomialQuantile } from '../maths/distributions.ts'

/** One clinic or region: successes of trials. */
export type FunnelUnit = { readonly id: string; readonly successes: number; readonly trials: number }

/** Where a unit lies: inside, beyond the outer-but-one (.025) or the outermost (.001) limit, and on which side. */
export type FunnelPosition = 'inside' | 'low' | 'high' | 'very-low' | 'very-high'

/** Limits of one unit at tail chances .025 and .001, widened by over-dispersion. */
export type FunnelPoint = {
  readonly id: string
  readonly share: number
  readonly trials: number
  readonly limits: { readonly usual: readonly [number, number]; readonly extreme: readonly [number, number] }
  readonly position: FunnelPosition
}

/** A funnel: target share, over-dispersion φ ≥ 1 and one point a unit. */
export type Funnel = {
  readonly target: number
  readonly overDispersion: number
  readonly points: readonly FunnelPoint[]
}

const fewestUnits = 5
const winsorised = 0.1
const someUnits = listOf(fields({ id: aText, successes: aCount, trials: aCount }))

/**
 * Exact binomial limit of a share at a lower-tail chance, interpolated between whole counts (Spiegelhalter 2005,
 * appendix A.1). n people, target share p.
 */
export const binomialLimit = (tail: number, n: number, p: number): number => {
  const r = binomialQuantile(tail, n, p)
  const at = binomialCdf(r, n, p)
  const below = r > 0 ? binomialCdf(r - 1, n, p) : 0
  const part = at > below ? (at - tail) / (at - below) : 0
  return clamp((r - part) / n)
}

/** φ: mean of squared standardised residuals with the outer tenth on each side pulled in; never below 1. */
const overDispersionOf = (units: readonly FunnelUnit[], target: number): number => {
  const z = units.map(
    ({ successes, trials }) => (successes / trials - target) / Math.sqrt((target * (1 - target)) / trials),
  )
  const sorted = Float64Array.from(z).sort()
  const low = quantileOfSorted(sorted, winsorised)
  const high = quantileOfSorted(sorted, 1 - winsorised)
  return Math.max(1, z.reduce((sum, value) => sum + clamp(value, low, high) ** 2, 0) / z.length)
}

const positionOf = (share: number, limits: FunnelPoint['limits']): FunnelPosition => {
  if (share < limits.extreme[0]) return 'very-low'
  if (share > limits.extreme[1]) return 'very-high'
  if (share < limits.usual[0]) return 'low'
  return share > limits.usual[1] ? 'high' : 'inside'
}

/**
 * Funnel plot (Spiegelhalter 2005): exact binomial limits at .025 and .001 on each side of the target, widened about
 * the target by √φ with φ the winsorised over-dispersion. Units without people are left out. Target: pooled share
 * unless given. No answer: empty, invalid-input, too-few (< 5 units), uninformative (target 0 or 1).
 */
export const funnelLimits = (units: readonly FunnelUnit[], target?: number): Answer<Funnel> => {
  const fault = faultInInputs({ units, target }, { units: someUnits, target: optional(aShare) })
  if (fault) return fault
  const more = units.find(({ successes, trials }) => successes > trials)
  if (more) return noAnswer('invalid-input', `${more.id}: ${more.successes} of ${more.trials} are no counts`)
  const used = units.filter(({ trials }) => trials > 0)
  if (used.length === 0) return noAnswer('empty', 'no unit has people')
  const pooled = total(used.map(({ successes }) => successes)) / total(used.map(({ trials }) => trials))
  const centre = target ?? pooled
  if (!(centre > 0 && centre < 1)) return noAnswer('uninformative', 'the target share is 0 or 1')
  if (used.length < fewestUnits) return noAnswer('too-few', `${used.length} units, ${fewestUnits} needed`)
  const overDispersion = overDispersionOf(used, centre)
  const widen = (limit: number): number => clamp(centre + (limit - centre) * Math.sqrt(overDispersion))
  const points = used.map(({ id, successes, trials }): FunnelPoint => {
    const at = (tail: number): number => widen(binomialLimit(tail, trials, centre))
    const limits = { usual: [at(0.025), at(0.975)], extreme: [at(0.001), at(0.999)] } as const
    const share = successes / trials
    return { id, share, trials, limits, position: positionOf(share, limits) }
  })
  return answer({ target: centre, overDispersion, points })
}
