import type { BaselineCard } from '../../contracts/baseline-card.ts'
import {
  type CorrectedFigure,
  type Figure,
  type NoFigure,
  originOf,
} from '../../contracts/prevalence-figures.ts'
import type { WindowCounts } from '../../contracts/window-counts.ts'
import { type Answer, type NoAnswer, noAnswer, type Warning } from '../../statistics/answer.ts'
import { faultInDomains } from '../../statistics/inputs/domain.ts'
import type { Random } from '../../statistics/maths/random.ts'
import {
  type CorrectedPrevalence,
  correctedPrevalence,
} from '../../statistics/prevalence/corrected-prevalence.ts'
import type { LiveCounts } from '../../statistics/prevalence/live-shares.ts'
import { severityPrevalence } from '../../statistics/severity/severity-prevalence.ts'
import { byClass, classCounts, peopleIn, withoutFigure } from './plain-figures.ts'
import type { ReaderCard } from './reader-card.ts'

/** People below which the severity-aware figure is none, and below which no figure is corrected. */
export const severityFrom = 300
export const correctedFrom = 100

/** Says how many people there are and how many are needed. */
export const fewerThan = (needed: number, people: number): NoAnswer =>
  noAnswer('too-few', `${people} ${people === 1 ? 'person' : 'people'}, ${needed} needed`)

/** The card that holds for everybody of a window, or why none does. */
export const cardOfWindow = (
  counts: Pick<WindowCounts, 'people' | 'domain'>,
  cards: readonly ReaderCard[],
): BaselineCard | NoAnswer => {
  const votes = counts.people.filter(({ densityClass }) => densityClass !== undefined)
  const readers = new Set(votes.map((cell) => `${cell.modelDigest} ${cell.finderDigest}`))
  const [reader, ...others] = readers
  if (reader === undefined) return noAnswer('empty', 'nobody has a vote')
  if (others.length > 0)
    return noAnswer('not-validated', `${readers.size} models have read these people: no one card holds`)
  const found = cards.find(({ modelDigest, finderDigest }) => `${modelDigest} ${finderDigest}` === reader)
  if (found === undefined)
    return noAnswer('not-validated', 'the model that read these people has no card of exactly its digests')
  return faultInDomains({ card: found.card.domain, site: originOf(counts.domain) }) ?? found.card
}

/** The matrix by clinic of the card where every vote of it names one, else as a whole. */
export const matricesOf = ({ sites, confusion }: BaselineCard) => {
  const sum = (rows: readonly (readonly number[])[]): number => rows.flat().reduce((all, one) => all + one, 0)
  const inSites = sites.reduce((all, site) => all + sum(site.confusion), 0)
  return sites.length > 1 && inSites === sum(confusion.perVote)
    ? sites.map((site) => site.confusion)
    : [confusion.perVote]
}

/** Votes by clinic, which differ more than people do; of one clinic simply its votes. */
export const liveOf = (counts: WindowCounts): LiveCounts => {
  if (counts.scope.kind === 'site') return { kind: 'pooled', counts: classCounts(counts.people) }
  const clinics = Map.groupBy(
    counts.clinics.filter(({ densityClass }) => densityClass !== undefined),
    ({ siteId }) => siteId,
  )
  const of = (cells: WindowCounts['clinics']): number[] =>
    (['osteoporosis', 'osteopenia', 'normal'] as const).map((name) =>
      peopleIn(cells.filter(({ densityClass }) => densityClass === name)),
    )
  return { kind: 'clusters', counts: [...clinics.values()].map(of) }
}

/** Whose smallness limits the precision, as a sentence. */
const limitOf = (found: CorrectedPrevalence): string => {
  const [cases = 0] = found.validationPeople
  if (found.limitedBy === 'live') return `more films would help: ${found.livePeople} people`
  if (found.limitedBy === 'validation')
    return `more films will not help: ${cases} validation cases of osteoporosis`
  return `more films will not help: clinics differ, and the card knows ${found.sites}`
}

const textOf = (warnings: readonly Warning[]): string[] =>
  warnings.map(({ code, detail }) => `${code}: ${detail}`)

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

const asFigure = (
  method: CorrectedFigure['method'],
  found: { readonly classes: readonly Figure[] },
  matrix: CorrectedPrevalence,
  card: { readonly people: number; readonly warnings: readonly Warning[] },
): CorrectedFigure => ({
  kind: 'answer',
  method,
  classes: byClass(found.classes),
  livePeople: matrix.livePeople,
  validationPeople: card.people,
  validationSites: matrix.sites,
  limitedBy: limitOf(matrix),
  warnings: textOf(card.warnings),
})

/** Shares corrected by the matrix, for a window of people enough. */
export const byMatrix = (
  counts: WindowCounts,
  card: BaselineCard,
  random: Random,
): Answer<CorrectedPrevalence> =>
  correctedPrevalence({
    domains: { card: card.domain, site: originOf(counts.domain) },
    validation: matricesOf(card),
    live: liveOf(counts),
    random,
  })

/** Votes by bin of the card. */
export const scoresOf = ({ scores }: WindowCounts, bins: number): number[] => {
  const live = Array.from({ length: bins }, () => 0)
  for (const { bin, people } of scores) if (bin >= 0 && bin < bins) live[bin] = (live[bin] ?? 0) + people
  return live
}

const bySeverity = (counts: WindowCounts, card: BaselineCard, random: Random) => {
  const { severity } = card
  if (severity.kind === 'no-answer')
    return noAnswer('not-validated', `no T-scores on the card: ${severity.detail}`)
  const live = scoresOf(counts, severity.edges.length + 1)
  const people = total(live)
  if (people < severityFrom) return fewerThan(severityFrom, people)
  return severityPrevalence({ card: severity, site: originOf(counts.domain), live, random })
}

/** What of a window is corrected: the headline, the matrix beside it, and whether they differ. */
export type WindowCorrection = {
  readonly corrected: CorrectedFigure | NoFigure
  readonly matrix: CorrectedFigure | NoFigure
  readonly differ?: boolean
}

/** Whether two estimates of a class are further apart than both limits allow, taken as if they were independent. */
const differIn = (a: Figure, b: Figure): boolean =>
  Math.abs(a.estimate - b.estimate) > Math.hypot((a.high - a.low) / 2, (b.high - b.low) / 2)

/**
 * Corrects a window by the card of exactly its reader: severity-aware from 300 people on, with the matrix beside it; by the
 * matrix from 100; below that there is no corrected figure, and it says how many people are missing.
 */
export const correctWindow = (
  counts: WindowCounts,
  card: BaselineCard | NoAnswer,
  random: Random,
): WindowCorrection => {
  if ('kind' in card) return { corrected: withoutFigure(card), matrix: withoutFigure(card) }
  const n = total(classCounts(counts.people))
  if (n < correctedFrom) {
    const few = withoutFigure(fewerThan(correctedFrom, n))
    return { corrected: few, matrix: few }
  }
  const found = byMatrix(counts, card, random)
  if (found.kind === 'no-answer') return { corrected: withoutFigure(found), matrix: withoutFigure(found) }
  const validation = total(found.value.validationPeople)
  const matrix = asFigure('matrix', found.value, found.value, {
    people: validation,
    warnings: found.warnings,
  })
  const severity = bySeverity(counts, card, random)
  if (severity.kind === 'no-answer') return { corrected: matrix, matrix }
  const corrected = asFigure('severity-aware', severity.value, found.value, {
    people: severity.value.cardPeople,
    warnings: severity.warnings,
  })
  const names = ['osteoporosis', 'osteopenia', 'normal'] as const
  const differ = names.some((name) => differIn(corrected.classes[name], matrix.classes[name]))
  return { corrected, matrix, differ }
}
