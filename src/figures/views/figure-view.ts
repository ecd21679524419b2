import { columnsFigure } from '../kit/columns-figure.ts'
import { dotsFigure } from '../kit/dots-figure.ts'
import type { Drawing } from '../kit/elements.ts'
import { flowFigure } from '../kit/flow-figure.ts'
import { countText, limitsText, monthText, shareText } from '../kit/numbers.ts'
import { trendFigure } from '../kit/trend-figure.ts'

/** A share that may be shown, or why it may not: the shape that pages get. */
export type ViewShare =
  | { readonly kind: 'answer'; readonly estimate: number; readonly low: number; readonly high: number }
  | { readonly kind: 'no-answer'; readonly reason: string; readonly detail: string }

export type ViewCell = {
  readonly people?: number | undefined
  /** As the model calls them. */
  readonly share: ViewShare
  /** Corrected for the model's errors. */
  readonly corrected: ViewShare
}

export type ViewMonth = {
  readonly month: string
  readonly provisional: boolean
  readonly modelDigests: readonly string[]
  readonly all?: ViewCell | undefined
  readonly regions: readonly (ViewCell & { readonly region: string })[]
}

export type ViewLedger = {
  readonly received: number
  readonly findings: number
  readonly rejected: Readonly<Record<string, number>>
  readonly deadLettered: Readonly<Record<string, number>>
  readonly duplicates: number
  readonly conflicts: number
  readonly superseded: number
  readonly erased: number
  readonly inFlight: number
  readonly lost: number
}

/** A figure and the table beside it: the same rows in the same order, with the same words on pages and in files. */
export type FigureView = {
  readonly title: string
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  readonly draw: (id: string, width: number) => Drawing
}

/** Weeks and months need this many people before they are drawn as more than a hollow dot. */
export const solidPeople = 200

/** What is drawn of a cell: the corrected share with the raw one beside it, or the raw share alone, hollow. */
const drawnOf = ({ share, corrected }: ViewCell) => {
  if (share.kind === 'no-answer') return {}
  return corrected.kind === 'answer' ? { share: corrected, raw: share.estimate } : { share, hollow: true }
}

const textsOf = (share: ViewShare): readonly string[] =>
  share.kind === 'answer'
    ? [shareText(share.estimate), limitsText(share.low, share.high)]
    : [share.detail, '']

const cellColumns = ['people', 'corrected', '95 % interval', 'raw', '95 % interval of the raw share'] as const

const cellsOf = ({ people, share, corrected }: ViewCell): readonly (string | number)[] => [
  people ?? 'hidden',
  ...textsOf(corrected),
  ...textsOf(share),
]

const notYours: ViewShare = { kind: 'no-answer', reason: 'not-yours', detail: 'not within your regions' }
const none: ViewCell = { share: notYours, corrected: notYours }

/** The best that is known of a cell, in words. */
const saidOf = ({ share, corrected }: ViewCell): string => {
  const best = corrected.kind === 'answer' ? corrected : share
  if (best.kind === 'no-answer') return best.detail
  const how = corrected.kind === 'answer' ? 'corrected' : 'raw'
  return `${shareText(best.estimate)} (${limitsText(best.low, best.high)}), ${how}`
}

/** The share of osteoporosis by month, corrected and raw, of all regions or of the only one that is given. */
export const trendView = (months: readonly ViewMonth[], region?: string): FigureView => {
  const own = months.map((month) => ({
    ...month,
    cell:
      (region === undefined ? month.all : month.regions.find((candidate) => candidate.region === region)) ??
      none,
  }))
  const where = region ?? 'all regions'
  const last = own.findLast(({ provisional, cell }) => !provisional && cell.share.kind === 'answer')
  const said =
    last !== undefined
      ? `The last complete month, ${monthText(last.month, true)}, has ${saidOf(last.cell)}.`
      : 'No complete month has a figure.'
  const title = `Osteoporosis by month, ${where}`
  return {
    title,
    caption:
      'Line and band: corrected for the model’s errors, 95 %. Thin line: raw share of the model’s calls. Hollow: raw alone, or provisional. A person counts once a month.',
    columns: ['month', ...cellColumns, 'state'],
    rows: own.map(({ month, cell, provisional }) => [
      monthText(month, true),
      ...cellsOf(cell),
      provisional ? 'provisional' : 'complete',
    ]),
    draw: (id, width) =>
      trendFigure({
        id,
        title,
        description: `${own.length} months. ${said}`,
        width,
        points: own.map(({ month, provisional, modelDigests, cell }, at) => ({
          month,
          provisional,
          ...drawnOf(cell),
          ...(at > 0 && own[at - 1]?.modelDigests.join() !== modelDigests.join()
            ? { breaks: 'other model' }
            : {}),
        })),
      }),
  }
}

/** Regions of a month as dots with intervals, by name. */
export const regionsView = (month: ViewMonth | undefined): FigureView => {
  const regions = month?.regions ?? []
  const when = month === undefined ? 'no month yet' : monthText(month.month, true)
  const title = `Osteoporosis by region, ${when}${month?.provisional === true ? ' (provisional)' : ''}`
  const overall = month?.all?.corrected
  return {
    title,
    caption: `By name. Dot and bar: corrected share with its 95 % interval; tick: raw share. Hollow: raw alone, or fewer than ${solidPeople} people. Hidden: too few to be shown, or another hidden number would follow.`,
    columns: ['region', ...cellColumns],
    rows: regions.map((region) => [region.region, ...cellsOf(region)]),
    draw: (id, width) =>
      dotsFigure({
        id,
        title,
        description: regions.map((region) => `${region.region}: ${saidOf(region)}`).join('. '),
        width,
        besideHeading: 'people',
        rows: regions.map((cell) => {
          const { region, people, share } = cell
          const drawn = drawnOf(cell)
          return {
            name: region,
            ...drawn,
            hollow: drawn.hollow === true || (people ?? 0) < solidPeople,
            ...(share.kind === 'no-answer' ? { note: share.detail.split(',')[0] ?? '' } : {}),
            beside: people === undefined ? '–' : countText(people),
          }
        }),
        ...(overall?.kind === 'answer' ? { overall: overall.estimate } : {}),
      }),
  }
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

/** What became of the films: every outcome, those with none as well. */
export const ledgerView = (ledger: ViewLedger, where: string): FigureView => {
  const repeated = ledger.duplicates + ledger.conflicts + ledger.superseded
  const parts = [
    { name: 'read', count: ledger.findings, tone: 'second' },
    { name: 'refused with a reason', count: total(ledger.rejected), tone: 'grey' },
    { name: 'sent again', count: repeated, tone: 'grey' },
    { name: 'could not be opened', count: total(ledger.deadLettered), tone: 'grey' },
    { name: 'erased', count: ledger.erased, tone: 'grey' },
    { name: 'on their way', count: ledger.inFlight, tone: 'third' },
    { name: 'lost', count: ledger.lost, tone: 'main' },
  ] as const
  const shown = parts.filter(({ name, count }) => count > 0 || name === 'lost')
  const title = `What became of every film, ${where}`
  return {
    title,
    caption: 'Each film that arrived has one outcome; they add up to all that were received.',
    columns: ['outcome', 'films'],
    rows: [['received', ledger.received], ...parts.map(({ name, count }) => [name, count])],
    draw: (id, width) =>
      flowFigure({
        id,
        title,
        description: `Of ${ledger.received} films received: ${parts.map(({ name, count }) => `${count} ${name}`).join(', ')}.`,
        width,
        received: ledger.received,
        parts: shown,
      }),
  }
}

/** Films by day: read, and not read. */
export const daysView = (
  days: readonly { readonly day: string; readonly read: number; readonly notRead: number }[],
): FigureView => ({
  title: 'Films by day of receipt',
  caption: 'Blue: read. Grey: refused, sent again or not opened. Days in UTC.',
  columns: ['day', 'read', 'not read'],
  rows: days.map(({ day, read, notRead }) => [day, read, notRead]),
  draw: (id, width) =>
    columnsFigure({
      id,
      title: 'Films by day of receipt',
      description: `${days.length} days; in all ${days.reduce((sum, { read }) => sum + read, 0)} read and ${days.reduce((sum, { notRead }) => sum + notRead, 0)} not read.`,
      width,
      columns: days.map(({ day, read, notRead }) => ({ label: day.slice(5), read, notRead })),
    }),
})
