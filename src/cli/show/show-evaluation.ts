import { figureOf, nameOf, percentText } from '../../figures/figure-text.ts'
import type { PackageEvaluation } from '../../inference/evaluation/package-evaluation.ts'
import {
  ceilingNotes,
  ceilingText,
  domainNotes,
  measureNames,
  measures,
} from '../../inference/evaluation/report/summary-text.ts'
import { countReasons } from '../../inference/evaluation/run-evaluation.ts'
import type { ClassTable, EvaluationTables, UnitTable } from '../../inference/evaluation/tabulate.ts'
import { answer } from '../../statistics/answer.ts'
import type { BlandAltman } from '../../statistics/performance/bland-altman.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import { tableOf } from '../write-output.ts'
import { comparisonLines, comparisonObject } from './show-comparison.ts'

const classTableOf = (unit: UnitTable, found: PackageEvaluation): string =>
  tableOf([
    [
      'class',
      'hips',
      ...measures.map((name) => `${measureNames[name]} %`),
      ...ceilingText(found, 'normal').map(() => 'AUC ceiling %'),
    ],
    ...severityClasses.map((name) => {
      const table = unit.classes[name]
      const own = measures.map((measure) => percentText(table[measure]))
      return [name, String(table.hips), ...own, ...ceilingText(found, name)]
    }),
  ])

const confusionTableOf = ({ confusion }: UnitTable): string =>
  tableOf([
    ['called \\ true', ...severityClasses],
    ...severityClasses.map((name, row) => [name, ...(confusion[row] ?? []).map(String)]),
  ])

const unitLines = (title: string, unit: UnitTable, found: PackageEvaluation): string[] => [
  `${title}: ${unit.hips} hips of ${unit.persons} people, accuracy ${percentText(unit.accuracy)} %`,
  '',
  classTableOf(unit, found),
  '',
  confusionTableOf(unit),
  '',
]

const countsText = (entries: readonly { readonly reason: string }[]): string =>
  countReasons(entries)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')

/** What is in no table, and why. */
export const leftOutLines = ({ evaluation, unlabelled }: PackageEvaluation): string[] => [
  ...(evaluation.rejected.length === 0
    ? []
    : [
        `rejected films: ${evaluation.rejected.length} of ${evaluation.films} (${countsText(evaluation.rejected)})`,
      ]),
  ...(evaluation.excluded.length === 0
    ? []
    : [`excluded hips: ${evaluation.excluded.length} (${countsText(evaluation.excluded)})`]),
  ...(unlabelled.length === 0 ? [] : [`films without labels, not read: ${unlabelled.length}`]),
]

const listLines = ({ evaluation }: PackageEvaluation): string[] => [
  ...evaluation.rejected.map(({ file, reason, detail }) => `  ${file}: ${reason}, ${detail}`),
  ...evaluation.excluded.map(
    ({ file, side, reason }) => `  ${file}${side === undefined ? '' : `, ${side}`}: ${reason}`,
  ),
]

const tScoreLines = ({ tables }: PackageEvaluation): string[] => {
  const found = tables.tScore
  if (found === undefined) return []
  if (found.kind === 'no-answer') return [`T-score: no answer (${found.detail})`]
  const { bias, lowerLimit, upperLimit, spread } = found.value
  const [b, low, high, sd] = [bias.estimate, lowerLimit.estimate, upperLimit.estimate, spread].map((t) =>
    t.toFixed(2),
  )
  return [`T-score, estimate minus label: bias ${b}, limits of agreement ${low} to ${high}, sd ${sd}`]
}

/** The evaluation for a person at a terminal. */
export const evaluationLines = (found: PackageEvaluation): string[] => {
  const { manifest, set, data, tables, domain } = found
  return [
    `${nameOf(manifest)} on the ${set} set ${data}`,
    domainNotes[domain],
    ...ceilingNotes(found),
    '',
    ...unitLines('per hip', tables.perHip, found),
    ...unitLines('per vote (one hip for each person)', tables.perVote, found),
    ...comparisonLines(found),
    ...tScoreLines(found),
    ...leftOutLines(found),
    ...listLines(found),
    'intervals: 95 %, hips of a person clustered; thresholds are those of the package',
  ]
}

const classFiguresOf = (table: ClassTable) => ({
  n: table.hips,
  ...Object.fromEntries(measures.map((measure) => [measure, figureOf(table[measure])])),
})

const unitFiguresOf = (unit: UnitTable) => ({
  n: unit.hips,
  persons: unit.persons,
  accuracy: figureOf(unit.accuracy),
  classes: Object.fromEntries(severityClasses.map((name) => [name, classFiguresOf(unit.classes[name])])),
  /** Rows: called, columns: true; in the order of the classes. */
  confusion: unit.confusion,
})

const calibrationErrorsOf = ({ calibration }: EvaluationTables) =>
  Object.fromEntries(
    severityClasses.map((name) => {
      const found = calibration[name]
      return [name, found.kind === 'no-answer' ? null : found.value.expectedError]
    }),
  )

const tScoreFiguresOf = ({ bias, lowerLimit, upperLimit, spread, meanAbsoluteDifference }: BlandAltman) => ({
  bias: figureOf(answer(bias)),
  lowerLimit: figureOf(answer(lowerLimit)),
  upperLimit: figureOf(answer(upperLimit)),
  spread,
  meanAbsoluteDifference,
})

/** The evaluation for a program: shares from 0 to 1, null where there is no answer. */
export const evaluationObject = (found: PackageEvaluation) => {
  const { manifest, set, domain, tables, evaluation, models } = found
  const { tScore } = tables
  return {
    model: nameOf(manifest),
    set,
    domain,
    ...unitFiguresOf(tables.perHip),
    votes: unitFiguresOf(tables.perVote),
    ceiling: found.ceiling?.kind === 'answer' ? found.ceiling.value : null,
    pairwiseAuc: tables.pairwise.kind === 'no-answer' ? null : tables.pairwise.value,
    calibrationError: calibrationErrorsOf(tables),
    ...(tScore?.kind === 'answer' ? { tScore: tScoreFiguresOf(tScore.value) } : {}),
    ...(models.length === 1
      ? {}
      : {
          others: models.slice(1).map((other) => ({
            model: nameOf(other.manifest),
            ...unitFiguresOf(other.tables.perHip),
          })),
          comparisons: found.comparisons.map(comparisonObject),
          unanimous: figureOf(found.unanimous),
        }),
    films: evaluation.films,
    rejected: Object.fromEntries(countReasons(evaluation.rejected)),
    excluded: Object.fromEntries(countReasons(evaluation.excluded)),
  }
}
