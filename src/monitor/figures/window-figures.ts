import type { DomainFigures, FigureDomain } from '../../contracts/prevalence-figures.ts'
import type { WindowCounts } from '../../contracts/window-counts.ts'
import { createRandom } from '../../statistics/maths/random.ts'
import { cardOfWindow, correctWindow } from './correct-window.ts'
import { missedOf, projectedOf } from './missed-people.ts'
import { boundsOf, controlsOf, countsByClass, peopleIn, rawOf, withoutVoteOf } from './plain-figures.ts'
import type { ReaderCard } from './reader-card.ts'
import { standardise } from './standardise.ts'

const whoIsCounted = 'among people of 50 and over with a readable hip X-ray here, not among residents'

/** What the people of each domain are, on every view. */
export const domainLabels: Readonly<Record<FigureDomain, string>> = {
  real: 'unvalidated model output',
  synthetic: 'simulated people',
  history: 'history: resampled readings of simulated films, no films of this engine',
}

/** What stands under the figures of a window, whoever shows them. */
const captionOf = ({ scope, linkedPeople, people }: WindowCounts): string => {
  const parts = [whoIsCounted]
  if (linkedPeople < peopleIn(people)) parts.push('per person and clinic')
  if (scope.kind === 'region') parts.push('by where the film was taken, not where people live')
  parts.push('corrected figures assume that clinics image like the validation sites')
  return parts.join('; ')
}

const readersOf = (counts: WindowCounts): DomainFigures['readers'] => {
  const votes = counts.people.filter(({ densityClass }) => densityClass !== undefined)
  return [...Map.groupBy(votes, (cell) => `${cell.modelDigest} ${cell.finderDigest}`)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) => {
      const [first] = own
      if (first === undefined) return []
      return [{ modelDigest: first.modelDigest, finderDigest: first.finderDigest, n: peopleIn(own) }]
    })
}

/** The figures of a scope, a window and a domain from whole counts; the same counts, cards and seed give the same figures. */
export const figuresOf = (
  counts: WindowCounts,
  cards: readonly ReaderCard[],
  seed: number,
): DomainFigures => {
  const random = createRandom(seed)
  const card = cardOfWindow(counts, cards)
  const byCounts = countsByClass(counts.people)
  const correction = correctWindow(counts, card, random)
  const { corrected } = correction
  const isCorrected = corrected.kind === 'answer' && !('kind' in card)
  const none = corrected.kind === 'no-answer' ? corrected : undefined
  const nothing = none ?? { kind: 'no-answer' as const, reason: 'not-validated', detail: 'no card' }
  return {
    domain: counts.domain,
    label: domainLabels[counts.domain],
    caption: captionOf(counts),
    people: peopleIn(counts.people),
    n: byCounts.normal + byCounts.osteopenia + byCounts.osteoporosis,
    films: counts.films,
    implausibleFilms: counts.implausibleFilms,
    linkedPeople: counts.linkedPeople,
    counts: byCounts,
    raw: rawOf(counts.people),
    withoutVote: withoutVoteOf(counts.people),
    bounds: boundsOf(counts.people),
    readers: readersOf(counts),
    ...correction,
    missed: isCorrected ? missedOf(card, corrected, byCounts) : nothing,
    standardised: standardise(counts, card, random),
    projected: isCorrected ? projectedOf(card, corrected) : nothing,
    controls: controlsOf(counts),
  }
}
