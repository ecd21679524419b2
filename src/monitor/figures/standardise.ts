import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type { AgeBand } from '../../contracts/film-attributes.ts'
import { type DomainFigures, originOf } from '../../contracts/prevalence-figures.ts'
import type { PeopleCell, WindowCounts } from '../../contracts/window-counts.ts'
import type { NoAnswer } from '../../statistics/answer.ts'
import type { Random } from '../../statistics/maths/random.ts'
import { correctedPrevalence } from '../../statistics/prevalence/corrected-prevalence.ts'
import type { Stratum } from '../../statistics/prevalence/live-shares.ts'
import { standardisedShare } from '../../statistics/prevalence/standardised-share.ts'
import { correctedFrom, fewerThan, matricesOf } from './correct-window.ts'
import { byClass, classCounts, figureOf, withoutFigure } from './plain-figures.ts'

/** The standard that shares are standardised to. */
export const standardName = 'European Standard Population 2013, 50 and over, as many women as men'

/** People of each age band per 100,000 of all ages (Eurostat 2013). */
const standard: readonly (readonly [AgeBand, number])[] = [
  ['50-54', 7000],
  ['55-59', 6500],
  ['60-64', 6000],
  ['65-69', 5500],
  ['70-74', 5000],
  ['75-79', 4000],
  ['80-84', 2500],
  ['85-89', 1500],
  ['90+', 1000],
]

/** Votes by sex and age band with the weights of the standard, neighbours in age beside each other. */
const strataOf = (people: readonly PeopleCell[]): Stratum[] =>
  (['F', 'M'] as const).flatMap((sex) =>
    standard.map(([ageBand, weight]) => ({
      weight,
      counts: classCounts(people.filter((cell) => cell.sex === sex && cell.ageBand === ageBand)),
    })),
  )

/** Shares standardised by sex and age; people whose sex is neither are left out, for the standard has no such people. */
export const standardise = (
  counts: WindowCounts,
  card: BaselineCard | NoAnswer,
  random: Random,
): DomainFigures['standardised'] => {
  const strata = strataOf(counts.people)
  const people = strata.reduce((sum, stratum) => sum + classSum(stratum), 0)
  const raw = standardisedShare(
    strata.map((stratum) => ({
      weight: stratum.weight,
      successes: stratum.counts[0] ?? 0,
      trials: classSum(stratum),
    })),
  )
  const correct = () => {
    if ('kind' in card) return card
    if (people < correctedFrom) return fewerThan(correctedFrom, people)
    const domains = { card: card.domain, site: originOf(counts.domain) }
    return correctedPrevalence({
      domains,
      validation: matricesOf(card),
      live: { kind: 'strata', strata },
      random,
    })
  }
  const corrected = correct()
  return {
    standard: standardName,
    raw: raw.kind === 'no-answer' ? withoutFigure(raw) : { kind: 'answer', ...figureOf(raw.value) },
    corrected:
      corrected.kind === 'no-answer'
        ? withoutFigure(corrected)
        : { kind: 'answer', ...byClass(corrected.value.classes) },
  }
}

const classSum = ({ counts }: Stratum): number => Array.from(counts).reduce((sum, count) => sum + count, 0)
