import { limitsText, shareText } from '../../figures/kit/numbers.ts'
import type { ShownShare } from '../disclosure/protect-months.ts'

/** Everything that the first sentence of the first page may rest on. */
export type OverviewFacts = {
  readonly domain: 'synthetic' | 'real'
  /** The last complete month, or the current one where there is none. */
  readonly month:
    | {
        readonly name: string
        readonly provisional: boolean
        readonly share: ShownShare
        readonly people: number | undefined
      }
    | undefined
  /** Regions whose share of that month is hidden or missing. */
  readonly hiddenRegions: number
  readonly regions: number
  /** Whether the model has a baseline card for these readings, and of which domain. */
  readonly card: 'none' | 'synthetic' | 'real'
  /** What the monitor says of a change; none where it has not reported. */
  readonly monitor:
    | { readonly kind: 'silent' }
    | { readonly kind: 'old'; readonly hours: number }
    | { readonly kind: 'reported'; readonly verdict: string; readonly cancelling: boolean }
  readonly ledger: { readonly balanced: boolean; readonly lost: number; readonly stale: boolean } | undefined
  readonly openAlarms: { readonly critical: number; readonly others: number }
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

const shareSentence = ({ month, domain }: OverviewFacts): string => {
  if (month === undefined) return 'No month has enough people for a figure yet.'
  const people = domain === 'synthetic' ? 'simulated people' : 'people'
  const when = month.provisional ? `${month.name}, still provisional` : month.name
  if (month.share.kind === 'no-answer')
    return `${when}: no figure can be shown (${month.share.detail.split(',')[0]}).`
  const { estimate, low, high } = month.share
  return `${when}: the model calls ${shareText(estimate)} (${limitsText(low, high)}) of ${month.people} ${people} filmed here osteoporosis.`
}

const correctionSentence = ({ card, domain, month }: OverviewFacts): string | undefined => {
  if (month === undefined || month.share.kind === 'no-answer') return undefined
  if (card === 'none') return 'Raw: no corrected figure, because the model has no baseline card.'
  if (card !== domain) return `Raw: no corrected figure, because the model was checked on ${card} films only.`
  return 'Raw: the corrected figure waits for the monitor.'
}

const changeSentence = ({ monitor, hiddenRegions }: OverviewFacts): string => {
  if (monitor.kind === 'silent') return 'Whether it changed has not been tested.'
  if (monitor.kind === 'old')
    return `Whether it changed is unknown: the monitor has been silent for ${monitor.hours} hours.`
  if (monitor.cancelling) return 'Regions moved in opposite directions and cancel each other.'
  return hiddenRegions > 0
    ? `${monitor.verdict} ${plural(hiddenRegions, 'region')} cannot be judged.`
    : monitor.verdict
}

const needSentence = ({ ledger, openAlarms }: OverviewFacts): string => {
  if (ledger === undefined || ledger.stale) return 'The ledger cannot be read now: nothing is vouched for.'
  if (ledger.lost > 0) return `${plural(ledger.lost, 'film')} lost: act now.`
  if (!ledger.balanced) return 'The ledger does not balance: act now.'
  if (openAlarms.critical > 0) return `${plural(openAlarms.critical, 'critical alarm')} to look at.`
  if (openAlarms.others > 0) return `${plural(openAlarms.others, 'alarm')} to look at.`
  return 'Nothing needs you now.'
}

/**
 * The first sentences of the first page: the figure, why it is not corrected, whether it changed, what needs somebody. By rule
 * from what is known, never more certain than that.
 */
export const firstSentence = (facts: OverviewFacts): string =>
  [shareSentence(facts), correctionSentence(facts), changeSentence(facts), needSentence(facts)]
    .filter((sentence) => sentence !== undefined)
    .join(' ')

/** What stands below it, always. */
export const caption = ({ domain }: Pick<OverviewFacts, 'domain'>): string =>
  [
    'Read from X-rays of people of 50 and over imaged here; not residents, not diagnoses.',
    'Not corrected for the errors of the model.',
    domain === 'synthetic' ? 'All people are simulated.' : 'Unvalidated model output.',
  ].join(' ')
