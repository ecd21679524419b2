import { type Answer, answer, noAnswer } from '../answer.ts'
import { filled, sharesOf, total } from '../inputs/counts.ts'
import {
  aLevel,
  faultInInputs,
  fields,
  listOf,
  numberFrom,
  rowsOf,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { noNarrowerThanExact } from '../intervals/binomial-floor.ts'
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

const correctedStrata = listOf(
  fields({
    weight: numberFrom(0, 1e9),
    prevalence: fields({
      classes: listOf(fields({ unprojected: numberFrom() })),
      covariance: rowsOf(numberFrom()),
      livePeople: wholeFrom(1),
    }),
  }),
)

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
  const fault = faultInInputs({ strata, level }, { strata: correctedStrata, level: aLevel })
  if (fault) return fault
  const [first] = strata
  if (!first) return noAnswer('empty', 'no strata')
  const classes = first.prevalence.classes.length
  const given = strata.map(({ weight }) => weight)
  if (!(total(given) > 0)) return noAnswer('invalid-input', 'strata: weights are all zero')
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
  const people =
    1 / strata.reduce((sum, { prevalence }, s) => sum + (weights[s] ?? 0) ** 2 / prevalence.livePeople, 0)
  const points = projectOntoSimplex(shares)
  return answer({
    classes: points.map((estimate, k) => {
      const standardError = Math.sqrt(Math.max(0, covariance[k]?.[k] ?? 0))
      const share = shares[k] ?? 0
      const limits = { low: clamp(share - z * standardError), high: clamp(share + z * standardError), level }
      return { estimate, ...noNarrowerThanExact(limits, estimate, people), standardError }
    }),
    covariance,
  })
}
