import { type NoAnswer, noAnswer } from '../answer.ts'
import type { Counts } from '../inputs/counts.ts'
import { chiSquareTwoSample } from '../intervals/two-sample-tests.ts'
import { inverse } from '../maths/linear-algebra.ts'

/** Standard error of a share above which a mixture says nothing of it: half of all that a share can be. */
const vaguest = 0.5
/** p of the comparison of two classes of the card above which it cannot tell them apart. */
const alike = 0.05

/** Says which two classes of a card have the same scores as far as its people can tell, so that no mix is identified. */
export const faultInLikeClasses = (classCounts: readonly Counts[]): NoAnswer | undefined => {
  for (const [k, reference] of classCounts.entries())
    for (const [j, live] of classCounts.slice(0, k).entries()) {
      const found = chiSquareTwoSample({ reference, live })
      if (found.kind === 'no-answer' || found.value.p > alike)
        return noAnswer('uninformative', `the card cannot tell class ${j} from class ${k}`)
    }
  return undefined
}

/**
 * Says so where people do not determine the weights of a mixture: the information about the weights,
 * Σ_i w_i (f_ij − f_iK)(f_il − f_iK)/f_i², is singular or leaves a share a standard error of a half.
 */
export const faultInIdentification = (
  density: Float64Array,
  weights: ArrayLike<number>,
  shares: ArrayLike<number>,
): NoAnswer | undefined => {
  const classes = shares.length
  const last = classes - 1
  const information = Array.from({ length: last }, () => Array.from({ length: last }, () => 0))
  for (let i = 0; i < weights.length; i += 1) {
    const at = i * classes
    let mass = 0
    for (let k = 0; k < classes; k += 1) mass += (density[at + k] ?? 0) * (shares[k] ?? 0)
    if (!(mass > 0)) continue
    const gap = (k: number): number => ((density[at + k] ?? 0) - (density[at + last] ?? 0)) / mass
    information.forEach((row, j) => {
      for (let l = 0; l < last; l += 1) row[l] = (row[l] ?? 0) + (weights[i] ?? 0) * gap(j) * gap(l)
    })
  }
  const covariance = inverse(information)
  // The last share is one minus the others: its variance is the sum over all of the matrix.
  const variances = covariance
    ? [...covariance.map((row, k) => row[k] ?? 0), covariance.flat().reduce((sum, value) => sum + value, 0)]
    : [Number.POSITIVE_INFINITY]
  return variances.every((variance) => variance >= 0 && variance < vaguest ** 2)
    ? undefined
    : noAnswer('uninformative', 'the scores do not tell the classes apart')
}
