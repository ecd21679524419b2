import { nameOf, percent } from '../../src/figures/figure-text.ts'
import type { PackageEvaluation } from '../../src/inference/evaluation/package-evaluation.ts'
import { severityClasses } from '../../src/statistics/severity/severity-cells.ts'

/** What is expected of the packages on the two sets, and whether it holds. */
export type Expectation = { readonly text: string; readonly found: string; readonly holds: boolean }

/** Most by which an external AUC may stay below what the films allow. */
const ceilingGap = 0.03

const aucOf = (found: PackageEvaluation, at: number, name: (typeof severityClasses)[number]) => {
  const auc = found.models[at]?.tables.perHip.classes[name].auc
  return auc?.kind === 'answer' ? auc.value.estimate : undefined
}

/** For each package and class: within .03 of the ceiling outside, and better inside than outside. */
export const expectations = (
  internal: PackageEvaluation,
  external: PackageEvaluation,
): readonly Expectation[] =>
  external.models.flatMap(({ manifest }, at) =>
    severityClasses.flatMap((name): Expectation[] => {
      const [inside, outside] = [aucOf(internal, at, name), aucOf(external, at, name)]
      const best = external.ceiling?.kind === 'answer' ? external.ceiling.value[name].auc : undefined
      if (inside === undefined || outside === undefined || best === undefined) return []
      const of = `${nameOf(manifest)}, ${name}`
      return [
        {
          text: `${of}: external AUC within ${percent(ceilingGap)} points of the ceiling`,
          found: `${percent(outside)} against ${percent(best)}: ${percent(best - outside)} below`,
          holds: best - outside <= ceilingGap,
        },
        {
          text: `${of}: internal above external`,
          found: `${percent(inside)} and ${percent(outside)}`,
          holds: inside > outside,
        },
      ]
    }),
  )
