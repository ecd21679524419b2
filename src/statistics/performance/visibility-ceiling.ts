import { type Answer, answer, type NoAnswer, noAnswer } from '../answer.ts'
import { type Clusters, indexClusters } from '../inputs/clusters.ts'
import {
  aGenerator,
  aKey,
  faultInInputs,
  listOf,
  numberFrom,
  optional,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { normalCdf } from '../maths/distributions.ts'
import { drawNormal } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'
import { classOfSeverity, severityClasses } from '../severity/severity-cells.ts'
import { expectedAuc } from './label-free-performance.ts'

/** T-scores of simulated hips, and by how much what their films show differs from them. */
export type VisibilityInput = {
  readonly severity: readonly number[]
  /** Spread of what a hip shows about its T, in T units: half of its variance is shared by the hips of a person. */
  readonly errorSd: readonly number[]
  /** Spread that the films of a clinic share. */
  readonly clinicSd: readonly number[]
  readonly persons: Clusters
  readonly clinics: Clusters
  readonly random: Random
  readonly draws?: number
}

/** AUC of a reader who sees all that the films show, and how it varies with the errors that are drawn. */
export type CeilingOfClass = { readonly auc: number; readonly spread: number }

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const varianceOf = (values: readonly number[], mean: number): number =>
  meanOf(values.map((value) => (value - mean) ** 2))

/** Chance that T lies between the cuts, of a reader who knows how T is spread and by how much films mislead. */
const betweenCuts = (mean: number, variance: number, error: number) => {
  const weight = variance / (variance + error)
  const spread = Math.sqrt(Math.max(1e-12, variance * (1 - weight)))
  return (shown: number): number => {
    const expected = mean + weight * (shown - mean)
    return normalCdf((-1 - expected) / spread) - normalCdf((-2.5 - expected) / spread)
  }
}

const drawShown = (input: VisibilityInput, person: Int32Array, clinic: Int32Array): number[] => {
  const { random } = input
  const normals = (count: number): number[] => Array.from({ length: count }, () => drawNormal(random))
  const [ofPerson, ofClinic] = [normals(input.severity.length), normals(input.severity.length)]
  return input.severity.map((t, i) => {
    const half = (input.errorSd[i] ?? 0) * Math.SQRT1_2
    const shared =
      half * (ofPerson[person[i] ?? 0] ?? 0) + (input.clinicSd[i] ?? 0) * (ofClinic[clinic[i] ?? 0] ?? 0)
    return t + shared + half * drawNormal(random)
  })
}

const faultIn = (input: VisibilityInput): NoAnswer | undefined => {
  const fault = faultInInputs(input, {
    severity: listOf(numberFrom(-1e3, 1e3)),
    errorSd: listOf(numberFrom(0, 1e3)),
    clinicSd: listOf(numberFrom(0, 1e3)),
    persons: listOf(aKey),
    clinics: listOf(aKey),
    random: aGenerator,
    draws: optional(wholeFrom(10, 100_000)),
  })
  if (fault) return fault
  const { severity, errorSd, clinicSd, persons, clinics } = input
  if (severity.length === 0) return noAnswer('empty', 'no hips')
  const lengths = [errorSd.length, clinicSd.length, persons.length, clinics.length]
  if (lengths.some((length) => length !== severity.length))
    return noAnswer('invalid-input', 'T-scores, spreads, persons and clinics differ in length')
  return undefined
}

/**
 * The AUC of each class against the rest (in the order of `severityClasses`) that nobody can exceed on films which show T
 * only with a known error: for exactly these T-scores, the errors of hips, persons and clinics are drawn `draws` (200)
 * times, and a reader who knows the spreads ranks the hips by the chance of the class (T rises and falls with what is
 * shown, so for the outer classes that is what is shown). `spread` is the standard deviation over draws: the set at hand
 * is one draw. No answer: empty, invalid-input, class-never-seen.
 */
export const visibilityCeiling = (input: VisibilityInput): Answer<readonly CeilingOfClass[]> => {
  const fault = faultIn(input)
  if (fault) return fault
  const { severity, draws = 200 } = input
  const classes = severity.map(classOfSeverity)
  const never = severityClasses.findIndex((_, k) => !classes.some((own) => own === k))
  if (never >= 0) return noAnswer('class-never-seen', `no hip with ${severityClasses[never]}`)
  const mean = meanOf(severity)
  const error = meanOf(input.errorSd.map((sd, i) => sd * sd + (input.clinicSd[i] ?? 0) ** 2))
  const between = betweenCuts(mean, varianceOf(severity, mean), error)
  const scoreOf = [(shown: number) => -shown, between, (shown: number) => shown]
  const [person] = indexClusters(severity.length, input.persons)
  const [clinic] = indexClusters(severity.length, input.clinics)
  const areas: number[][] = severityClasses.map(() => [])
  for (let draw = 0; draw < draws; draw += 1) {
    const shown = drawShown(input, person, clinic)
    scoreOf.forEach((score, k) => {
      const items = shown.map((value, i) => {
        const positive = classes[i] === k ? 1 : 0
        return { score: score(value), positive, negative: 1 - positive }
      })
      areas[k]?.push(expectedAuc(items) ?? 0.5)
    })
  }
  return answer(
    areas.map((own) => {
      const auc = meanOf(own)
      return { auc, spread: Math.sqrt(varianceOf(own, auc)) }
    }),
  )
}
