import { type Answer, answer, type NoAnswer, noAnswer, warn } from '../answer.ts'
import { type Counts, total } from '../inputs/counts.ts'
import { type Domain, faultInDomains } from '../inputs/domain.ts'
import {
  aCount,
  aDomain,
  aGenerator,
  aLevel,
  faultInInputs,
  fields,
  listOf,
  optional,
  someDraws,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { noNarrowerThanExact, noNarrowerThanNewcombe } from '../intervals/binomial-floor.ts'
import { type Estimate, percentileInterval, usualLevel } from '../intervals/interval.ts'
import { drawMultinomial } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'
import { judgeUnseenBins } from '../prevalence/class-mixture.ts'
import { aSeverityCard, faultInWindow } from './card-rules.ts'
import type { SeverityCard } from './severity-card.ts'
import { fitSeverityWindow } from './severity-prevalence.ts'
import { redrawCard } from './severity-redraw.ts'

/** Live counts of one month, region or set of clinics by the card's bins, and the persons behind them. */
export type ComparedWindow = { readonly live: Counts; readonly persons?: number }

/** Windows on one card and the pairs of them (by index) whose difference is wanted: first minus second. */
export type SeverityDifferencesInput = {
  readonly card: SeverityCard
  readonly site: Domain
  readonly windows: readonly ComparedWindow[]
  readonly pairs: readonly (readonly [first: number, second: number])[]
  readonly level?: number
  /** Draws of the card and all windows together (200). */
  readonly draws?: number
  readonly random: Random
}

/** Levels of all windows, and the differences with limits of their own; osteoporosis, osteopenia, normal. */
export type SeverityDifferences = {
  readonly levels: readonly (readonly Estimate[])[]
  readonly differences: readonly {
    readonly first: number
    readonly second: number
    readonly classes: readonly Estimate[]
  }[]
}

const faultIn = (input: SeverityDifferencesInput): NoAnswer | undefined => {
  const fault =
    faultInInputs(input, {
      card: aSeverityCard,
      site: aDomain,
      windows: listOf(fields({ live: listOf(aCount), persons: optional(aCount) })),
      pairs: listOf(listOf(wholeFrom(0, Math.max(0, (input.windows?.length ?? 1) - 1)), 2)),
      level: optional(aLevel),
      draws: optional(someDraws),
      random: aGenerator,
    }) ?? faultInDomains({ card: input.card.domain, site: input.site })
  if (fault) return fault
  if (input.windows.length === 0) return noAnswer('empty', 'no windows')
  for (const [i, { live, persons }] of input.windows.entries()) {
    const own = faultInWindow(input.card, live, `windows[${i}].live`, persons)
    if (own) return own
    const beyond = judgeUnseenBins(input.card.classCounts, live)
    if ('kind' in beyond) return beyond
  }
  return undefined
}

/**
 * Differences between windows on one card (months, regions, the same clinics in two periods) by a joint bootstrap: each
 * draw redraws the card once and every window on it, so that the card's error, common to all, leaves the difference.
 * Limits of levels and of differences are never narrower than those of people whose class is known (Newcombe 1998).
 * Persons who stand in both windows make the true error smaller, never larger.
 * No answer: domain-mismatch, empty, invalid-input, too-few (a window below 50 people), outside-card.
 */
export const severityDifferences = (input: SeverityDifferencesInput): Answer<SeverityDifferences> => {
  const fault = faultIn(input)
  if (fault) return fault
  const { card, windows, pairs, random, draws = 200, level = usualLevel } = input
  const points = windows.map(({ live }) => fitSeverityWindow(card, live).shares)
  const people = windows.map(({ live }) => total(live))
  const redrawn = new Float64Array(card.edges.length + 1)
  const drawn = Array.from({ length: draws }, () => {
    const other = redrawCard(card, random)
    return windows.map(({ live }, w) => {
      drawMultinomial(random, people[w] ?? 0, live, redrawn)
      return fitSeverityWindow(other, redrawn).shares
    })
  })
  const valueOf = (draw: (typeof drawn)[number], w: number, k: number): number => draw[w]?.[k] ?? 0
  const levels = points.map((shares, w) =>
    shares.map((estimate, k): Estimate => {
      const limits = percentileInterval(
        drawn.map((draw) => valueOf(draw, w, k)),
        level,
      )
      return noNarrowerThanExact({ estimate, ...limits }, estimate, people[w] ?? 1)
    }),
  )
  const differences = pairs.map(([first, second]) => ({
    first,
    second,
    classes: [0, 1, 2].map((k): Estimate => {
      const sides = [first, second].map((w) => ({ share: points[w]?.[k] ?? 0, people: people[w] ?? 1 }))
      const estimate = (sides[0]?.share ?? 0) - (sides[1]?.share ?? 0)
      const values = drawn.map((draw) => valueOf(draw, first, k) - valueOf(draw, second, k))
      return noNarrowerThanNewcombe({ estimate, ...percentileInterval(values, level) }, sides)
    }),
  }))
  return answer({ levels, differences }, [
    warn('imaging-shift-looks-alike', 'a uniform imaging shift would look like a population change'),
  ])
}
