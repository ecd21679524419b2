import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type { Change } from '../../contracts/change-report.ts'
import { originOf } from '../../contracts/prevalence-figures.ts'
import type { Answer, NoAnswer } from '../../statistics/answer.ts'
import { noAnswer } from '../../statistics/answer.ts'
import type { Estimate } from '../../statistics/intervals/interval.ts'
import type { Random } from '../../statistics/maths/random.ts'
import { correctedDifference } from '../../statistics/prevalence/corrected-difference.ts'
import { severityDifferences } from '../../statistics/severity/severity-differences.ts'
import {
  cardOfWindow,
  correctedFrom,
  fewerThan,
  liveOf,
  matricesOf,
  scoresOf,
  severityFrom,
} from '../figures/correct-window.ts'
import { classCounts, figureOf, withoutFigure } from '../figures/plain-figures.ts'
import type { ReaderCard } from '../figures/reader-card.ts'
import { isSameClinics, type Pair } from './month-scene.ts'

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** The one card that holds for both windows, or why none does. */
export const cardOfPair = (
  { before, after }: Pair,
  cards: readonly ReaderCard[],
): BaselineCard | NoAnswer => {
  const [old, now] = [cardOfWindow(before, cards), cardOfWindow(after, cards)]
  if ('kind' in now) return now
  if ('kind' in old) return old
  return old === now ? now : noAnswer('not-validated', 'the two windows were read by different models')
}

const bySeverity = (
  { before, after }: Pair,
  card: BaselineCard,
  random: Random,
): Answer<Estimate> | undefined => {
  const { severity } = card
  if (severity.kind === 'no-answer') return undefined
  const windows = [after, before].map((of) => ({ live: scoresOf(of, severity.edges.length + 1) }))
  if (windows.some(({ live }) => total(live) < severityFrom)) return undefined
  const found = severityDifferences({
    card: severity,
    site: originOf(after.domain),
    windows,
    pairs: [[0, 1]],
    random,
  })
  if (found.kind === 'no-answer') return found
  const osteoporosis = found.value.differences[0]?.classes[0]
  return osteoporosis === undefined ? undefined : { kind: 'answer', value: osteoporosis, warnings: [] }
}

const byMatrix = (pair: Pair, card: BaselineCard, random: Random): Answer<Estimate> => {
  const found = correctedDifference({
    domains: { card: card.domain, site: originOf(pair.after.domain) },
    validation: matricesOf(card),
    first: liveOf(pair.after),
    second: liveOf(pair.before),
    sameClinics: isSameClinics(pair),
    random,
  })
  if (found.kind === 'no-answer') return found
  const [osteoporosis] = found.value.classes
  return osteoporosis === undefined
    ? noAnswer('empty', 'no class')
    : { kind: 'answer', value: osteoporosis, warnings: [] }
}

/** Why nothing is said of a pair with too few people in one of its windows. */
export const fewInPair = ({ before, after }: Pair): NoAnswer | undefined => {
  const fewest = Math.min(...[before, after].map(({ people }) => total(classCounts(people))))
  return fewest < correctedFrom ? fewerThan(correctedFrom, fewest) : undefined
}

/**
 * The difference of the corrected osteoporosis share, after less before, with limits of its own: the error of the card is
 * common to both windows and leaves it. By severity from 300 people in each on, else by the matrix from 100.
 */
export const differenceOf = (
  pair: Pair,
  card: BaselineCard | NoAnswer,
  random: Random,
): Change['difference'] => {
  if ('kind' in card) return withoutFigure(card)
  const few = fewInPair(pair)
  if (few !== undefined) return withoutFigure(few)
  const severity = bySeverity(pair, card, random)
  const found = severity ?? byMatrix(pair, card, random)
  if (found.kind === 'no-answer') return withoutFigure(found)
  const method = severity === undefined ? ('matrix' as const) : ('severity-aware' as const)
  return { kind: 'answer', method, ...figureOf(found.value) }
}
