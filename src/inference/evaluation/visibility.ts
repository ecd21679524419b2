import type { DensityClass } from '../../contracts/verdict.ts'
import { type Answer, answer } from '../../statistics/answer.ts'
import type { Domain } from '../../statistics/inputs/domain.ts'
import { createRandom, seedFrom } from '../../statistics/maths/random.ts'
import { type CeilingOfClass, visibilityCeiling } from '../../statistics/performance/visibility-ceiling.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import type { ClassifierManifest } from '../packages/model-manifest.ts'
import type { LabelledHip } from './read-labels.ts'

/** The best AUC that the films of a set allow, by class. */
export type Ceiling = Readonly<Record<DensityClass, CeilingOfClass>>

/**
 * The ceiling of simulated hips, whose labels say by how much what a film shows differs from T; undefined where a hip
 * does not say so, as real ones never do. The same hips give the same figures, in whatever order they come.
 */
export const ceilingOf = (hips: readonly LabelledHip[]): Answer<Ceiling> | undefined => {
  const known = hips
    .flatMap((hip) => {
      const { tScore, simulated, person, clinic = '' } = hip
      return tScore === undefined || simulated === undefined ? [] : [{ tScore, ...simulated, person, clinic }]
    })
    .toSorted((a, b) => a.tScore - b.tScore || (a.person < b.person ? -1 : 1))
  if (known.length < hips.length) return undefined
  const found = visibilityCeiling({
    severity: known.map((hip) => hip.tScore),
    errorSd: known.map((hip) => hip.errorSd),
    clinicSd: known.map((hip) => hip.clinicSd),
    persons: known.map((hip) => hip.person),
    clinics: known.map((hip) => hip.clinic),
    random: createRandom(seedFrom('visibility', known.length)),
  })
  if (found.kind === 'no-answer') return found
  const of = (name: DensityClass): CeilingOfClass =>
    found.value[severityClasses.indexOf(name)] ?? { auc: Number.NaN, spread: Number.NaN }
  return answer({ osteoporosis: of('osteoporosis'), osteopenia: of('osteopenia'), normal: of('normal') })
}

/**
 * Where the films of a folder come from: labels that carry the simulator's error say so themselves; the others are taken
 * for films like those that the package learned from, unless a person says otherwise.
 */
export const domainOf = (
  labels: readonly LabelledHip[],
  { domain }: Pick<ClassifierManifest, 'domain'>,
): Domain => (labels.some(({ simulated }) => simulated !== undefined) ? 'synthetic' : domain)
