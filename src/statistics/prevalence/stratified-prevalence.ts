import { type Answer, answer, noAnswer } from '../answer.ts'
import { filled, sharesOf, total } from '../inputs/counts.ts'
import { clamp, deviateOf, type Estimate, usualLevel } from '../intervals/interval.ts'
import { add } from '../maths/linear-algebra.ts'
import { projectOntoSimplex } from '../maths/simplex.ts'
import type { CorrectedPrevalence } from './corrected-prevalence.ts'

/** A stratum corrected by its own matrix, and its weight in the standard population. */
export type CorrectedStratum = { readonly weight: number; readonly prevalence: CorrectedPrevalence }

/** Standardised shares where the matrix differs by stratum. */
export type StratifiedPrevalence = {
  readonly classes: readonly (Estimate & { readonly standardError: number })[]
  readonly covariance: readonly (readonly number[])[]
}

/**
 * Standardises prevalences that were corrected stratum by stratum, for a matrix that differs by sex or age:
 * p = Σ w_s M_s⁻¹ q_s with covariance Σ w_s² Cov_s (strata have separate validation people, so their errors are
 * independent); point on the simplex, normal limits clipped to [0, 1] and holding the point.
 * No answer: empty, invalid-input (weights not positive, strata of different classes).
 */
export const combineStrata = (
  strata: readonly CorrectedStratum[],
  level: number = usualLevel,
): Answer<StratifiedPrevalence> => {
  const [first] = strata
  if (!first) return noAnswer('empty', 'no strata')
  const classes = first.prevalence.classes.length
  const given = strata.map(({ weight }) => weight)
  if (given.some((weight) => !(weight >= 0) || !Number.isFinite(weight)) || !(total(given) > 0))
    return noAnswer('invalid-input', 'stratum weights must be zero or more and not all zero')
  if (strata.some(({ prevalence }) => prevalence.classes.length !== classes))
    return noAnswer('invalid-input', 'strata differ in their classes')
  const weights = sharesOf(given)
  let covariance = filled(classes, 0).map(() => filled(classes, 0))
  const shares = filled(classes, 0)
  strata.forEach(({ prevalence }, s) => {
    const weight = weights[s] ?? 0
    covariance = add(covariance, prevalence.covariance, weight * weight)
    prevalence.classes.forEach(({ unprojected }, k) => {
      shares[k] = (shares[k] ?? 0) + weight * unprojected
    })
  })
  const z = deviateOf(level)
  const points = projectOntoSimplex(shares)
  return answer({
    classes: points.map((estimate, k) => {
      const standardError = Math.sqrt(Math.max(0, covariance[k]?.[k] ?? 0))
      const share = shares[k] ?? 0
      return {
        estimate,
        low: Math.min(estimate, clamp(share - z * standardError)),
        high: Math.max(estimate, clamp(share + z * standardError)),
        level,
        standardError,
      }
    }),
    covariance,
  })
}
