import { nameOf, percent, percentText } from '../../src/figures/figure-text.ts'
import type { ModelEvaluation, PackageEvaluation } from '../../src/inference/evaluation/package-evaluation.ts'
import { pairRows } from '../../src/inference/evaluation/report/comparison-tables.ts'
import { ceilingText, measureNames, measures } from '../../src/inference/evaluation/report/summary-text.ts'
import { countReasons } from '../../src/inference/evaluation/run-evaluation.ts'
import { severityClasses } from '../../src/statistics/severity/severity-cells.ts'

/** Rows of cells as a table of Markdown; the first row is the head. */
export const markdownTable = ([head = [], ...rows]: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const classRows = ({ manifest, tables: { perHip } }: ModelEvaluation, found: PackageEvaluation): string[][] =>
  severityClasses.map((name) => [
    nameOf(manifest),
    name,
    ...measures.map((measure) => percentText(perHip.classes[name][measure])),
    ...ceilingText(found, name),
  ])

/** The study's table for every package on a set, hip by hip. */
export const classTableOf = (found: PackageEvaluation): string =>
  markdownTable([
    [
      'package',
      'class',
      ...measures.map((measure) => `${measureNames[measure]} %`),
      ...ceilingText(found, 'normal').map(() => 'AUC ceiling %'),
    ],
    ...found.models.flatMap((model) => classRows(model, found)),
  ])

/** Accuracy per hip and per vote, and how T is estimated. */
export const accuracyTableOf = ({ models }: PackageEvaluation): string =>
  markdownTable([
    ['package', 'accuracy % (hips)', 'accuracy % (votes)', 'T: bias', 'T: sd of the difference'],
    ...models.map(({ manifest, tables }) => {
      const { perHip, perVote, tScore } = tables
      const known = tScore?.kind === 'answer' ? tScore.value : undefined
      return [
        nameOf(manifest),
        percentText(perHip.accuracy),
        percentText(perVote.accuracy),
        known?.bias.estimate.toFixed(2).replace('-', '−') ?? 'no T',
        known?.spread.toFixed(2) ?? '',
      ]
    }),
  ])

/** Each two packages, paired hip by hip; nothing where there is only one. */
export const pairTableOf = (found: PackageEvaluation): string[] =>
  found.comparisons.length === 0
    ? []
    : [
        markdownTable(pairRows(found)),
        '',
        `All packages call a hip alike: ${percentText(found.unanimous)} % of ${found.evaluation.hips.length} hips.`,
      ]

const countsText = (entries: readonly { readonly reason: string }[]): string =>
  countReasons(entries)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ') || 'none'

/** What a set holds, and what of it is in no table. */
export const setRow = (found: PackageEvaluation, seed: number, world: string): string[] => {
  const { evaluation, tables } = found
  const mix = severityClasses.map((name) =>
    percent(tables.perHip.classes[name].hips / Math.max(1, tables.perHip.hips)),
  )
  return [
    found.set,
    `${world}, seed ${seed}`,
    String(evaluation.films),
    `${tables.perHip.hips} of ${tables.perHip.persons}`,
    mix.join(' / '),
    `${evaluation.rejected.length} (${countsText(evaluation.rejected)})`,
    `${evaluation.excluded.length} (${countsText(evaluation.excluded)})`,
  ]
}
