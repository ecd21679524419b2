import { type Answer, answer } from '../answer.ts'
import { type Counts, total } from '../inputs/counts.ts'
import { aCount, faultInInputs, rowsOf } from '../inputs/input-rules.ts'
import { drawMultinomial } from '../maths/draws.ts'
import { classDensities, faultInClassCounts } from '../prevalence/class-mixture.ts'
import { fitMixture } from '../prevalence/mixture-fit.ts'
import type { DriftModel } from './drift-model.ts'

const mixClasses = (density: Float64Array, shares: ArrayLike<number>, bins: number): Float64Array => {
  const classes = shares.length
  const fitted = new Float64Array(bins)
  for (let b = 0; b < bins; b += 1)
    for (let k = 0; k < classes; k += 1)
      fitted[b] = (fitted[b] ?? 0) + (density[b * classes + k] ?? 0) * (shares[k] ?? 0)
  return fitted
}

/**
 * Drift model that leaves the class mix free and keeps severity within classes fixed: P(bin | class) from the card
 * (1/2 added to each cell), mix by EM. Counts: one row of score bins for each class.
 * No answer: empty, invalid-input, class-never-seen.
 */
export const createClassDrift = (classCounts: readonly Counts[]): Answer<DriftModel> => {
  const misfit = faultInInputs({ classCounts }, { classCounts: rowsOf(aCount) })
  if (misfit) return misfit
  const bins = classCounts[0]?.length ?? 0
  const fault = faultInClassCounts(classCounts, bins)
  if (fault) return fault
  const classes = classCounts.length
  const people = classCounts.map(total)
  const density = classDensities(classCounts, bins)
  const even = new Float64Array(classes).fill(1 / classes)
  const fitWith =
    (chances: Float64Array): DriftModel['fit'] =>
    (counts) => {
      const { shares } = fitMixture(chances, counts, even)
      return { fitted: mixClasses(chances, shares, bins), hidden: shares }
    }
  const reference = Float64Array.from({ length: bins }, (_, b) =>
    classCounts.reduce((sum, counts) => sum + (counts[b] ?? 0), 0),
  )
  return answer({
    kind: 'class',
    bins,
    reference,
    referencePeople: total(reference),
    fit: fitWith(density),
    varianceOf: (hidden) =>
      Float64Array.from({ length: bins }, (_, b) => {
        let variance = 0
        for (let k = 0; k < classes; k += 1) {
          const chance = density[b * classes + k] ?? 0
          variance += ((hidden[k] ?? 0) ** 2 * chance * (1 - chance)) / (people[k] ?? 1)
        }
        return variance
      }),
    redraw: (random) => {
      const card = classCounts.map((_, k) => {
        const chances = Float64Array.from({ length: bins }, (_unused, b) => density[b * classes + k] ?? 0)
        return drawMultinomial(random, people[k] ?? 0, chances, new Float64Array(bins))
      })
      return fitWith(classDensities(card, bins))
    },
    // With V_b in the denominator the statistic is close to χ² with one degree less for each free share.
    momentsAt: () => ({ mean: bins - classes, variance: 2 * (bins - classes) }),
  })
}
