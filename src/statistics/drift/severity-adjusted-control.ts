import { type Answer, answer, noAnswer, type Warning, warn } from '../answer.ts'
import { aCount, faultInInputs, fields, listOf, numberFrom } from '../inputs/input-rules.ts'
import { normalTwoSided } from '../maths/distributions.ts'

/** A number (an image statistic) in one score bin: how many films, their sum and their sum of squares. */
export type Moments = { readonly films: number; readonly sum: number; readonly sumOfSquares: number }

/** Difference of a control between live and reference at the live severity mix, in the control's unit. */
export type AdjustedControl = {
  readonly difference: number
  readonly standardError: number
  readonly z: number
  readonly p: number
  /** Share of live films in bins that the reference has, too. */
  readonly compared: number
}

const fewest = 2
const someMoments = listOf(
  fields({ films: aCount, sum: numberFrom(-1e150, 1e150), sumOfSquares: numberFrom(0, 1e150) }),
)

const meanAndVariance = ({ films, sum, sumOfSquares }: Moments): { mean: number; variance: number } => {
  const mean = sum / films
  return { mean, variance: Math.max(0, sumOfSquares - films * mean * mean) / (films - 1) }
}

/**
 * Tests an image statistic that moves with severity (bone grey level, embedding distance) after re-weighting by
 * severity: Σ_b w_b (live mean − reference mean) with w_b the live share of score bin b, so that a changed population
 * alone does not move it. Bins need two films on both sides; the others are left out.
 * No answer: empty, invalid-input, too-few (less than half of the live films can be compared).
 */
export const testAfterReweighting = (input: {
  readonly reference: readonly Moments[]
  readonly live: readonly Moments[]
}): Answer<AdjustedControl> => {
  const { reference, live } = input
  const fault = faultInInputs(input, { reference: someMoments, live: someMoments })
  if (fault) return fault
  if (reference.length !== live.length) return noAnswer('invalid-input', 'reference and live bins differ')
  const all = live.reduce((sum, { films }) => sum + films, 0)
  if (all === 0) return noAnswer('empty', 'no live films')
  const pairs = live.flatMap((own, b) => {
    const other = reference[b]
    return other && own.films >= fewest && other.films >= fewest ? [{ own, other }] : []
  })
  const used = pairs.reduce((sum, { own }) => sum + own.films, 0)
  if (used < all / 2) return noAnswer('too-few', `${used} of ${all} live films can be compared`)
  let difference = 0
  let variance = 0
  for (const { own, other } of pairs) {
    const weight = own.films / used
    const [here, there] = [meanAndVariance(own), meanAndVariance(other)]
    difference += weight * (here.mean - there.mean)
    variance += weight ** 2 * (here.variance / own.films + there.variance / other.films)
  }
  const standardError = Math.sqrt(variance)
  if (!(standardError > 0)) return noAnswer('invalid-input', 'the control does not vary')
  const z = difference / standardError
  const notes: Warning[] =
    used < all ? [warn('small-window', `${all - used} live films lie in bins too thin to compare`)] : []
  return answer({ difference, standardError, z, p: normalTwoSided(z), compared: used / all }, notes)
}
