import { nameOf, percentText, pText } from '../../../figures/figure-text.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import type { NamedComparison, PackageEvaluation } from '../package-evaluation.ts'

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
