import { type Answer, answer, type NoAnswer, noAnswer, warn } from '../answer.ts'
import { type Clusters, clusteredVariance, indexClusters } from '../inputs/clusters.ts'
import { aKey, aLevel, faultInInputs, listOf, numberFrom, optional } from '../inputs/input-rules.ts'
import { deviateOf, type Estimate, normalInterval, usualLevel } from '../intervals/interval.ts'
import { fitLine } from '../maths/regression.ts'

/** Two measurements of the same films, and whose films they are. */
export type PairedMeasures = {
  readonly measured: readonly number[]
  readonly reference: readonly number[]
  readonly clusters?: Clusters
  readonly level?: number
}

/** How far two measurements lie apart; all in their own unit, measured minus reference. */
export type BlandAltman = {
  readonly films: number
  readonly persons: number
  readonly bias: Estimate
  /** Standard deviation of the differences. */
  readonly spread: number
  /** Between these, about 95 % of the differences lie. */
  readonly lowerLimit: Estimate
  readonly upperLimit: Estimate
  readonly meanAbsoluteDifference: number
  /** Change of the difference with each unit of the mean of both; 0 where the error is the same everywhere. */
  readonly slope: number
}

/** Differences beyond bias ± this many deviations are expected in one film of twenty. */
const agreementDeviate = deviateOf(0.95)

const faultIn = (input: PairedMeasures): NoAnswer | undefined => {
  const fault = faultInInputs(input, {
    measured: listOf(numberFrom(-1e6, 1e6)),
    reference: listOf(numberFrom(-1e6, 1e6)),
    clusters: optional(listOf(aKey)),
    level: optional(aLevel),
  })
  if (fault) return fault
  const { measured, reference, clusters } = input
  if (measured.length === 0) return noAnswer('empty', 'no films')
  if (measured.length !== reference.length || (clusters && clusters.length !== measured.length))
    return noAnswer('invalid-input', 'measurements and clusters differ in length')
  return undefined
}

/**
 * Agreement of two measurements (Bland & Altman 1986): bias and limits of agreement. Standard errors come from the
 * influence of each film on them, summed by person, so that two hips of a person are not two people.
 * No answer: empty, invalid-input, too-few (fewer than three persons), uninformative (no difference varies).
 */
export const blandAltman = (input: PairedMeasures): Answer<BlandAltman> => {
  const fault = faultIn(input)
  if (fault) return fault
  const { measured, reference, clusters, level = usualLevel } = input
  const films = measured.length
  const [, persons] = indexClusters(films, clusters)
  if (persons < 3) return noAnswer('too-few', `${persons} persons`)
  const differences = measured.map((value, i) => value - (reference[i] ?? 0))
  const bias = differences.reduce((sum, value) => sum + value, 0) / films
  const variance = differences.reduce((sum, value) => sum + (value - bias) ** 2, 0) / (films - 1)
  const spread = Math.sqrt(variance)
  if (!(spread > 1e-9)) return noAnswer('uninformative', 'all differences are the same')
  // A limit is bias ± 1.96 spread: each film moves the bias by its own difference and the spread by its own square.
  const limit = (deviate: number): Estimate => {
    const influence = differences.map(
      (value) => value - bias + (deviate * ((value - bias) ** 2 - variance)) / (2 * spread),
    )
    const standardError = Math.sqrt(clusteredVariance(influence, clusters))
    const estimate = bias + deviate * spread
    return { estimate, ...normalInterval(estimate, standardError, level) }
  }
  const means = measured.map((value, i) => (value + (reference[i] ?? 0)) / 2)
  const line = fitLine(means, differences)
  return answer(
    {
      films,
      persons,
      bias: limit(0),
      spread,
      lowerLimit: limit(-agreementDeviate),
      upperLimit: limit(agreementDeviate),
      meanAbsoluteDifference: differences.reduce((sum, value) => sum + Math.abs(value), 0) / films,
      slope: line?.slope ?? 0,
    },
    persons < 30 ? [warn('small-window', `${persons} persons`)] : [],
  )
}
