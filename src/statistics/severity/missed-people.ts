import { type Answer, answer, noAnswer, warn } from '../answer.ts'
import { total } from '../inputs/counts.ts'
import { listOf, wholeFrom } from '../inputs/input-rules.ts'
import { notesOnVotes } from '../inputs/votes.ts'
import { noNarrowerThanExact } from '../intervals/binomial-floor.ts'
import { type Estimate, percentileInterval, usualLevel } from '../intervals/interval.ts'
import { judgeUnseenBins } from '../prevalence/class-mixture.ts'
import { faultInSeverityInput, type SeverityWindowInput } from './card-rules.ts'
import { bootstrapSeverity, fitSeverityWindow, type SeverityFit } from './severity-prevalence.ts'

/** What an operating point does to the people of a window, in people: "of 1,500 with osteoporosis, 1,000 flagged". */
export type MissedPeople = {
  /** People with the class. */
  readonly people: Estimate
  /** Of those, the flagged and the missed. */
  readonly flagged: Estimate
  readonly missed: Estimate
  /** Share of the people with the class that is missed. */
  readonly missedShare: Estimate
  /** All who are flagged, and of them those without the class. */
  readonly referrals: number
  readonly referredInVain: Estimate
  readonly livePeople: number
}

type Tally = { readonly people: number; readonly flagged: number; readonly referrals: number }

const tallyOf = (
  { posteriors }: SeverityFit,
  counts: ArrayLike<number>,
  flagged: readonly number[],
  k: number,
): Tally => {
  let [people, hit, referrals] = [0, 0, 0]
  posteriors.forEach((posterior, b) => {
    const count = counts[b] ?? 0
    people += count * (posterior[k] ?? 0)
    if (flagged[b] !== 1) return
    hit += count * (posterior[k] ?? 0)
    referrals += count
  })
  return { people, flagged: hit, referrals }
}

const missedShareOf = ({ people, flagged }: Tally): number => (people > 0 ? 1 - flagged / people : 0)

/**
 * People of a class whom the operating point misses, beside the referrals: expected counts from P(class | score bin) with
 * severity left free, card and window redrawn together. `flagged[b]` is 1 where score bin b is referred (bins must end at
 * the threshold); `ofClass` is 0 for osteoporosis (the default), 1 or 2.
 * No answer: domain-mismatch, empty, invalid-input, too-few (< 50 people), outside-card, uninformative (less than one
 * person with the class is expected).
 */
export const missedPeople = (
  input: SeverityWindowInput & { readonly flagged: readonly number[]; readonly ofClass?: 0 | 1 | 2 },
): Answer<MissedPeople> => {
  const fault = faultInSeverityInput(input, { flagged: listOf(wholeFrom(0, 1)) })
  if (fault) return fault
  const { card, live, flagged, ofClass = 0, random, draws = 200, level = usualLevel } = input
  if (flagged.length !== live.length)
    return noAnswer('invalid-input', `flagged takes ${live.length} values, one a bin`)
  const beyond = judgeUnseenBins(card.classCounts, live)
  if ('kind' in beyond) return beyond
  const all = total(live)
  const point = tallyOf(fitSeverityWindow(card, live), live, flagged, ofClass)
  if (point.people < 1) return noAnswer('uninformative', 'less than one person with the class is expected')
  const drawn = bootstrapSeverity(card, live, { random, draws }, (fit, window) =>
    tallyOf(fit, window, flagged, ofClass),
  )
  /** A count as a share of people whose class would be known at best; its limits scaled back to people. */
  const estimate = (of: (tally: Tally) => number, people: number, scale: number): Estimate => {
    const share = of(point) / scale
    const values = drawn.map((tally) => of(tally) / scale)
    const { low, high } = noNarrowerThanExact(percentileInterval(values, level), share, people)
    return { estimate: share * scale, low: low * scale, high: high * scale, level }
  }
  return answer(
    {
      people: estimate((tally) => tally.people, all, all),
      flagged: estimate((tally) => tally.flagged, all, all),
      missed: estimate((tally) => tally.people - tally.flagged, all, all),
      missedShare: estimate(missedShareOf, point.people, 1),
      referrals: point.referrals,
      referredInVain: estimate((tally) => tally.referrals - tally.flagged, all, all),
      livePeople: all,
    },
    [
      warn('imaging-shift-looks-alike', 'a uniform imaging shift would look like a population change'),
      ...beyond,
      ...notesOnVotes(input.persons),
    ],
  )
}
