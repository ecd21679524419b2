import { figureOf, nameOf } from '../../figures/figure-text.ts'
import type { NamedComparison, PackageEvaluation } from '../../inference/evaluation/package-evaluation.ts'
import { comparisonNotes, modelRows, pairRows } from '../../inference/evaluation/report/comparison-tables.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import { tableOf } from '../write-output.ts'

/** The packages beside each other, for a person at a terminal; nothing where there is only one. */
export const comparisonLines = (found: PackageEvaluation): string[] =>
  found.comparisons.length === 0
    ? []
    : [tableOf(modelRows(found)), '', tableOf(pairRows(found)), ...comparisonNotes(found), '']

/** A pair for a program; differences are first minus second, shares from 0 to 1. */
export const comparisonObject = (pair: NamedComparison) => ({
  model: nameOf(pair.first),
  with: nameOf(pair.second),
  n: pair.hips,
  accuracy: figureOf(pair.accuracy),
  auc: Object.fromEntries(
    severityClasses.map((name) => {
      const found = pair.auc[name]
      return [name, found.kind === 'no-answer' ? null : { ...figureOf(found), p: found.value.p }]
    }),
  ),
  alike: figureOf(pair.alike),
  kappa: pair.kappa.kind === 'no-answer' ? null : pair.kappa.value.estimate,
})
