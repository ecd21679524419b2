import type { DensityClass } from '../../../src/contracts/verdict.ts'
import type { EvaluatedHip } from '../../../src/inference/evaluation/run-evaluation.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { classOfSeverity, severityClasses } from '../../../src/statistics/severity/severity-cells.ts'

const digest = '0'.repeat(64)
const model = {
  name: 'constructed',
  version: '1.0.0',
  weightsDigest: digest,
  preprocessingDigest: digest,
  thresholdsDigest: digest,
}

const oneHot = (name: DensityClass) => ({
  normal: name === 'normal' ? 0.8 : 0.1,
  osteopenia: name === 'osteopenia' ? 0.8 : 0.1,
  osteoporosis: name === 'osteoporosis' ? 0.8 : 0.1,
})

/** A hip of a class that was called another (or the same), with a T-score where one is given. */
export const hipOf = (
  given: Partial<EvaluatedHip> & { called: DensityClass; estimate?: number },
): EvaluatedHip => {
  const { called, estimate, ...hip } = given
  return {
    file: 'a.dcm',
    person: 'p',
    side: 'left',
    densityClass: called,
    ...hip,
    reading: {
      model,
      primary: true,
      probabilities: oneHot(called),
      densityClass: called,
      severity: estimate ?? 0,
      ...(estimate === undefined ? {} : { tScore: estimate }),
      embedding: Array.from({ length: 16 }, () => 0),
    },
  }
}

/** Two hips of each of so many people, whose estimate follows T with an error. */
export const population = (people: number, seed: number): EvaluatedHip[] => {
  const random = createRandom(seed)
  const noise = () => random() + random() + random() - 1.5
  const nameOf = (t: number) => severityClasses[classOfSeverity(t)]
  return Array.from({ length: people }, (_, person) => {
    const shared = -1.7 + 1.6 * noise()
    return (['left', 'right'] as const).map((side) => {
      const tScore = shared + 0.4 * noise()
      const estimate = tScore + 0.9 * noise()
      const name = { file: `film-${String(person).padStart(4, '0')}.dcm`, person: `p${person}`, side }
      return hipOf({ ...name, tScore, densityClass: nameOf(tScore), called: nameOf(estimate), estimate })
    })
  }).flat()
}
