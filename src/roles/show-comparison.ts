import { severityClasses } from '../statistics/severity/severity-cells.ts'
import type { NamedComparison, PackageEvaluation } from './evaluate-package.ts'
import { figureOf, nameOf, percentText, pText } from './figure-text.ts'
import { tableOf } from './write-output.ts'

const kappaText = ({ kappa }: NamedComparison): string =>
  kappa.kind === 'no-answer' ? `no answer (${kappa.reason})` : kappa.value.estimate.toFixed(2)

const pairName = ({ first, second }: NamedComparison): string => `${nameOf(first)} − ${nameOf(second)}`

/** All packages on the same hips: a row of heads, then a row for each. */
export const modelRows = ({ models }: PackageEvaluation): string[][] => [
  ['package', ...severityClasses.map((name) => `AUC ${name} %`), 'accuracy %'],
  ...models.map(({ manifest, tables: { perHip } }) => [
    nameOf(manifest),
    ...severityClasses.map((name) => percentText(perHip.classes[name].auc)),
    percentText(perHip.accuracy),
  ]),
]

const differenceText = ({ auc }: NamedComparison, name: (typeof severityClasses)[number]): string => {
  const found = auc[name]
  return found.kind === 'no-answer' ? percentText(found) : `${percentText(found)}, p ${pText(found.value.p)}`
}

/** What each two of them differ in, in percentage points, and how often they call a hip alike. */
export const pairRows = ({ comparisons }: PackageEvaluation): string[][] => [
  ['difference', ...severityClasses.map((name) => `AUC ${name}`), 'accuracy', 'called alike %', 'kappa'],
  ...comparisons.map((pair) => [
    pairName(pair),
    ...severityClasses.map((name) => differenceText(pair, name)),
    percentText(pair.accuracy),
    percentText(pair.alike),
    kappaText(pair),
  ]),
]

/** What is said beneath both tables. */
export const comparisonNotes = ({ evaluation, unanimous, models }: PackageEvaluation): string[] => [
  `differences in percentage points, paired on ${evaluation.hips.length} hips that all packages read (DeLong, hips of a person clustered)`,
  ...(models.length > 2
    ? [`all ${models.length} packages call alike: ${percentText(unanimous)} % of hips`]
    : []),
]

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
