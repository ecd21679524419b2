import { type NoAnswer, noAnswer } from '../answer.ts'
import { type Counts, faultInCounts, total } from '../inputs/counts.ts'
import { type Domain, faultInDomains } from '../inputs/domain.ts'
import {
  aCount,
  aDomain,
  aGenerator,
  aLevel,
  faultInInputs,
  fields,
  listOf,
  numberFrom,
  oneOf,
  optional,
  type Rule,
  someDraws,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { faultInVotes } from '../inputs/votes.ts'
import type { Random } from '../maths/random.ts'
import type { SeverityCard } from './severity-card.ts'

/** People below which a window says nothing of severity. */
export const fewestLivePeople = 50

/** A card of the severity-aware method, as `fitSeverityCard` makes it and JSON keeps it. */
export const aSeverityCard: Rule = fields({
  domain: aDomain,
  people: wholeFrom(1),
  edges: listOf(numberFrom()),
  grid: fields({ start: numberFrom(), width: numberFrom(1e-6, 10), cells: wholeFrom(1, 100_000) }),
  cellCounts: listOf(aCount),
  classCounts: listOf(listOf(aCount), 3),
  response: fields({ kind: oneOf('location-scale', 'kernel') }),
})

/** What every severity-aware estimate of one window is asked with. */
export type SeverityWindowInput = {
  readonly card: SeverityCard
  readonly site: Domain
  readonly live: Counts
  readonly level?: number
  /** Bootstrap draws of card and window together (200). */
  readonly draws?: number
  readonly random: Random
  /** Persons behind the live votes: more votes than persons are refused. */
  readonly persons?: number
}

/** Says what is wrong with the live counts of one window on a card. */
export const faultInWindow = (
  card: SeverityCard,
  live: Counts,
  name: string,
  persons?: number,
): NoAnswer | undefined => {
  const fault = faultInCounts(live, name)
  if (fault) return fault
  const bins = card.edges.length + 1
  if (live.length !== bins) return noAnswer('invalid-input', `${name} takes ${bins} counts, one a bin`)
  const people = total(live)
  if (people < fewestLivePeople) return noAnswer('too-few', `${people} live people`)
  return faultInVotes(people, persons)
}

/** Says what is wrong with card, site, window, level, draws, generator or persons; more rules for what else is asked. */
export const faultInSeverityInput = (
  input: SeverityWindowInput,
  more: Readonly<Record<string, Rule>> = {},
): NoAnswer | undefined =>
  faultInInputs(input, {
    card: aSeverityCard,
    site: aDomain,
    live: listOf(aCount),
    level: optional(aLevel),
    draws: optional(someDraws),
    random: aGenerator,
    persons: optional(aCount),
    ...more,
  }) ??
  faultInDomains({ card: input.card.domain, site: input.site }) ??
  faultInWindow(input.card, input.live, 'live', input.persons)
