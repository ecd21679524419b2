import type { BaselineCard } from '../../contracts/baseline-card.ts'
import { type DomainFigures, prevalenceBodySchema } from '../../contracts/prevalence-figures.ts'
import type { Report } from '../../contracts/report.ts'
import { windowName } from '../../monitor/windows.ts'
import { columnTotals, smoothedColumns } from '../../statistics/prevalence/confusion-matrix.ts'
import { tableOf } from '../write-output.ts'
import {
  correctedWords,
  missedSentence,
  missedWords,
  noFigureWords,
  peopleWords,
  shareWords,
} from './figure-words.ts'

/** The figures of a report, one entry for each domain. */
export const figuresIn = (report: Report): readonly DomainFigures[] =>
  prevalenceBodySchema.parse(report.body).figures

/** A scope as people write it. */
export const scopeName = ({ kind, id }: Report['scope']): string => (kind === 'all' ? 'all' : `${kind}:${id}`)

const rawWords = ({ raw }: DomainFigures): string =>
  raw.kind === 'no-answer' ? noFigureWords(raw) : shareWords(raw.osteoporosis)

const rowsOf = (report: Report, isShown: (figures: DomainFigures) => boolean): string[][] =>
  figuresIn(report)
    .filter(isShown)
    .map((figures) => [
      scopeName(report.scope),
      windowName(report.window),
      figures.domain,
      String(figures.n),
      rawWords(figures),
      correctedWords(figures.corrected),
      peopleWords(figures.corrected),
      missedWords(figures.missed),
      report.provisional ? 'provisional' : 'complete',
    ])

const head = [
  'scope',
  'window',
  'people are',
  'people',
  'osteoporosis % raw',
  'corrected',
  'live and validation n',
  'missed',
  'state',
]

/** Current reports for a person. */
export const reportLines = (
  reports: readonly Report[],
  isShown: (figures: DomainFigures) => boolean = () => true,
): string[] => {
  const rows = reports.flatMap((report) => rowsOf(report, isShown))
  if (rows.length === 0)
    return ['no report yet: the monitor has seen nobody of 50 and over with a film of a hip']
  const captions = [
    ...new Set(
      reports
        .flatMap(figuresIn)
        .filter(isShown)
        .map(({ label, caption }) => `${label}; ${caption}`),
    ),
  ]
  return [tableOf([head, ...rows]), '', ...captions]
}

const changeOf = (before: Report, after: Report): string[][] =>
  figuresIn(after).map((figures) => {
    const old = figuresIn(before).find(({ domain }) => domain === figures.domain)
    return [
      scopeName(after.scope),
      windowName(after.window),
      String(after.revision),
      after.madeAt,
      `${old?.n ?? 0} → ${figures.n}`,
      `${old === undefined ? '–' : rawWords(old)} → ${rawWords(figures)}`,
      `${old === undefined ? '–' : correctedWords(old.corrected)} → ${correctedWords(figures.corrected)}`,
    ]
  })

/** What was said again otherwise, revision by revision; the reports come in the order of their revisions. */
export const restatementLines = (revisions: readonly Report[]): string[] => {
  const rows = revisions.flatMap((after, at) => {
    const before = revisions[at - 1]
    const isSame =
      before !== undefined &&
      scopeName(before.scope) === scopeName(after.scope) &&
      windowName(before.window) === windowName(after.window)
    return isSame ? changeOf(before, after) : []
  })
  if (rows.length === 0) return ['nothing was restated']
  return [tableOf([['scope', 'window', 'revision', 'made at', 'people', 'raw', 'corrected'], ...rows])]
}

const four = (value: number): string => value.toFixed(4)

/** The matrix of a card and how it leads from raw to corrected shares, to be done again by hand. */
const formulaLines = (figures: DomainFigures, card: BaselineCard): string[] => {
  const { perVote } = card.confusion
  const people = columnTotals(perVote)
  const { osteoporosis, osteopenia, normal } = figures.counts
  const live = [osteoporosis, osteopenia, normal]
  return [
    `card of ${card.model.name}@${card.model.version} (${card.domain}, ${card.set} set, ${card.sites.length} clinics), called by true class:`,
    ...perVote.map((row, i) => `  called ${card.classes[i] ?? ''}: ${row.join(', ')}`),
    `  people of each true class: ${people.join(', ')}`,
    'matrix M, each entry (count + 1/3) / (people + 1):',
    ...smoothedColumns(perVote).map((row) => `  ${row.map(four).join('  ')}`),
    `live shares q: ${live.map((count) => four(figures.n === 0 ? 0 : count / figures.n)).join('  ')}`,
    'matrix figure: p = M⁻¹ q, put back onto shares that sum to 1; its limits carry q, M, and how much clinics differ',
    'severity-aware figure: the distribution of T that fits the score bins of the card, cut at −2.5 and −1; its limits redraw',
    '  card and window together',
  ]
}

const explainDomain = (figures: DomainFigures, cards: readonly BaselineCard[]): string[] => {
  const { counts, corrected, matrix, standardised, bounds } = figures
  const card = cards[0]
  return [
    `${figures.label}: ${figures.people} people with a film of a hip (${figures.films} films, ${figures.implausibleFilms} with a day that cannot be), ${figures.n} with a vote`,
    `called osteoporosis ${counts.osteoporosis}, osteopenia ${counts.osteopenia}, normal ${counts.normal}`,
    `raw: ${rawWords(figures)}`,
    `with those without a vote: ${bounds.kind === 'no-answer' ? noFigureWords(bounds) : `${(100 * bounds.low).toFixed(1)} to ${(100 * bounds.high).toFixed(1)}`}`,
    ...figures.readers.map(
      ({ modelDigest, finderDigest, n }) =>
        `read by ${modelDigest.slice(0, 12)} with finder ${finderDigest.slice(0, 12)}: ${n} people`,
    ),
    `corrected${corrected.kind === 'answer' ? ` (${corrected.method})` : ''}: ${correctedWords(corrected)}`,
    `matrix beside it: ${correctedWords(matrix)}${figures.differ === true ? '; they differ by more than their limits allow' : ''}`,
    ...(corrected.kind === 'answer' ? [corrected.limitedBy, ...corrected.warnings] : []),
    ...(figures.missed.kind === 'answer' ? [missedSentence(figures.missed)] : []),
    `standardised (${standardised.standard}): raw ${standardised.raw.kind === 'no-answer' ? noFigureWords(standardised.raw) : shareWords(standardised.raw)}, corrected ${standardised.corrected.kind === 'no-answer' ? noFigureWords(standardised.corrected) : shareWords(standardised.corrected.osteoporosis)}`,
    ...(corrected.kind === 'answer' && card !== undefined ? formulaLines(figures, card) : []),
    figures.caption,
  ]
}

/** How the figures of a report came about, from counts to numbers. `cards` are those with the digests that it names. */
export const explainLines = (report: Report, cards: readonly BaselineCard[]): string[] => {
  const { seed, cards: digests } = prevalenceBodySchema.parse(report.body)
  return [
    `${scopeName(report.scope)} ${windowName(report.window)}, revision ${report.revision}, ${report.provisional ? 'provisional' : 'complete'}, made at ${report.madeAt}`,
    `method ${report.method} version ${report.methodVersion}, report ${report.reportId}`,
    `seed of the bootstraps ${seed}; cards ${digests.length === 0 ? 'none' : digests.map((digest) => digest.slice(0, 12)).join(', ')}`,
    ...report.cut.topics.map(({ topic, offsets }) => `data up to ${topic} ${offsets.join(' ')}`),
    `tables of generation ${report.cut.generation}`,
    '',
    ...figuresIn(report).flatMap((figures) => [...explainDomain(figures, cards), '']),
  ]
}
