import { type Change, changeBodySchema } from '../../contracts/change-report.ts'
import type { Report } from '../../contracts/report.ts'
import { windowName } from '../../monitor/windows.ts'
import { tableOf } from '../write-output.ts'
import { noFigureWords } from './figure-words.ts'
import { scopeName } from './show-reports.ts'

const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`

const differenceWords = ({ difference }: Change): string =>
  difference.kind === 'no-answer'
    ? noFigureWords(difference)
    : `${points(difference.estimate)} (${points(difference.low)} to ${points(difference.high)})`

/** Verdicts as people read them: never more certain than the verdict. */
const words: Readonly<Record<Change['verdict'], string>> = {
  'population-compatible': 'may be the people',
  imaging: 'imaging',
  pipeline: 'pipeline',
  undetermined: 'undetermined',
  'no-change-seen': 'no change seen',
  'not-judged': 'not judged',
}

const rowsOf = (report: Report): string[][] =>
  changeBodySchema
    .parse(report.body)
    .changes.map((change) => [
      scopeName(report.scope),
      windowName(report.window),
      windowName(change.before),
      change.domain,
      `${change.people.before} → ${change.people.after}`,
      differenceWords(change),
      words[change.verdict],
    ])

const sentencesOf = (report: Report): string[] =>
  changeBodySchema
    .parse(report.body)
    .changes.map(
      (change) =>
        `${scopeName(report.scope)} ${windowName(report.window)} (${change.label}): ${words[change.verdict]}: ${change.statement}`,
    )

const head = [
  'scope',
  'month',
  'against',
  'people are',
  'people',
  'osteoporosis, points (corrected)',
  'verdict',
]

/** Verdicts for a person: a table, and under it the sentence of each. */
export const verdictLines = (reports: readonly Report[]): string[] => {
  const rows = reports.flatMap(rowsOf)
  if (rows.length === 0)
    return [
      'no verdict yet: a month is judged fourteen days after its end, where the month before has people too',
    ]
  return [tableOf([head, ...rows]), '', ...reports.flatMap(sentencesOf)]
}
