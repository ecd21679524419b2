import { countText, limitsText, shareText } from '../../figures/kit/numbers.ts'
import type { ShownMonth, ShownShare } from '../disclosure/protect-months.ts'
import type { Release } from '../disclosure/release-months.ts'

/** What the monitor says of one scope that has changed. */
export type SaidChange = {
  /** As a sentence begins: a region by its name, `All regions`. */
  readonly where: string
  readonly verdict: 'population-compatible' | 'imaging' | 'pipeline' | 'undetermined'
  /** `unseen`: something moved, and the interval of the share's difference holds zero. */
  readonly direction: 'rose' | 'fell' | 'changed' | 'unseen'
}

/** Everything that the first sentence of the first page may rest on. */
export type OverviewFacts = {
  readonly domain: Release['domain']
  /** The last complete month, or the current one where there is none. */
  readonly month:
    | {
        readonly name: string
        readonly provisional: boolean
        readonly share: ShownShare
        readonly corrected: ShownMonth['all']['corrected']
        readonly people: number | undefined
        readonly bounds?: { readonly low: number; readonly high: number } | undefined
      }
    | undefined
  /** Regions whose share of that month is hidden or missing. */
  readonly hiddenRegions: number
  readonly regions: number
  /** What the monitor says of a change; `old` where it has not looked for so many hours. */
  readonly monitor:
    | { readonly kind: 'silent' }
    | { readonly kind: 'old'; readonly hours: number }
    | {
        readonly kind: 'reported'
        readonly changes: readonly SaidChange[]
        /** The smallest change that would have been seen, as the report says it. */
        readonly smallestSeen?: string
      }
  readonly ledger: { readonly balanced: boolean; readonly lost: number; readonly stale: boolean } | undefined
  readonly openAlarms: { readonly critical: number; readonly others: number }
  /** Changes that stand in the list of what needs attention as a warning. */
  readonly openChanges: number
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

const peopleWord = (domain: Release['domain']): string => (domain === 'real' ? 'people' : 'simulated people')

const shareSentence = ({ month, domain }: OverviewFacts): string => {
  if (month === undefined) return 'No month has enough people for a figure yet.'
  const when = month.provisional ? `${month.name}, still provisional` : month.name
  const { share, corrected } = month
  if (share.kind === 'no-answer') return `${when}: no figure can be shown (${share.detail.split(',')[0]}).`
  const people = `${month.people === undefined ? '' : `${countText(month.people)} `}${peopleWord(domain)}`
  return corrected.kind === 'answer'
    ? `${when}: an estimated ${shareText(corrected.estimate)} (${limitsText(corrected.low, corrected.high)}) of ${people} filmed here in the osteoporosis range.`
    : `${when}: the model calls ${shareText(share.estimate)} (${limitsText(share.low, share.high)}) of ${people} filmed here osteoporosis.`
}

const correctionSentence = ({ month }: OverviewFacts): string | undefined => {
  if (month === undefined || month.share.kind === 'no-answer' || month.corrected.kind === 'answer')
    return undefined
  return `Raw: no corrected figure (${month.corrected.detail}).`
}

const nameList = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

/** What may be said of a change that is not one of imaging: never more than that the cause is open. */
const causeOf = ({ verdict }: SaidChange): string =>
  verdict === 'population-compatible'
    ? 'it may be the people; the cause is not proven'
    : 'the cause is not known'

/** Corrected totals still hold whom a verdict of imaging or pipeline concerns. */
const stillCounted = (changes: readonly SaidChange[]): string =>
  `the figure still counts ${changes.length === 1 ? 'it' : 'them'}`

const changeSentences = ({ monitor, hiddenRegions }: OverviewFacts): readonly string[] => {
  if (monitor.kind === 'silent') return ['Whether it changed has not been tested.']
  if (monitor.kind === 'old')
    return [`Whether it changed is unknown: the monitor has been silent for ${monitor.hours} hours.`]
  const { changes, smallestSeen } = monitor
  const of = (verdict: SaidChange['verdict']) => changes.filter((change) => change.verdict === verdict)
  const names = (found: readonly SaidChange[]) => nameList(found.map(({ where }) => where))
  const imaging = of('imaging')
  const pipeline = of('pipeline')
  const others = changes.filter(({ verdict }) => verdict !== 'imaging' && verdict !== 'pipeline')
  const directions = new Set(others.map(({ direction }) => direction))
  directions.delete('changed')
  directions.delete('unseen')
  const said = [
    ...(imaging.length > 0
      ? [
          `${names(imaging)}: the images changed, and whether bone density changed cannot be told; ${stillCounted(imaging)}.`,
        ]
      : []),
    ...(pipeline.length > 0
      ? [`${names(pipeline)}: films are read differently than before; ${stillCounted(pipeline)}.`]
      : []),
    ...others.map((change) =>
      change.direction === 'unseen'
        ? `${change.where}: something moved, and no change of the share was seen.`
        : `${change.where} ${change.direction}; ${causeOf(change)}.`,
    ),
    ...(directions.size > 1
      ? ['Regions moved in opposite directions: their sum tells less than they do.']
      : []),
    ...(changes.length === 0
      ? [
          smallestSeen === undefined
            ? 'No change was found; how small a one would have been seen is not known.'
            : `No change was found; ${smallestSeen}.`,
        ]
      : []),
    ...(hiddenRegions > 0 ? [`${plural(hiddenRegions, 'region')} cannot be judged.`] : []),
  ]
  return said
}

const needSentence = ({ ledger, openAlarms, openChanges }: OverviewFacts): string => {
  if (ledger === undefined || ledger.stale) return 'The ledger cannot be read now: nothing is vouched for.'
  if (ledger.lost > 0) return `${plural(ledger.lost, 'film')} lost: act now.`
  if (!ledger.balanced) return 'The ledger does not balance: act now.'
  if (openAlarms.critical > 0) return `${plural(openAlarms.critical, 'critical alarm')} to look at.`
  if (openAlarms.others > 0) return `${plural(openAlarms.others, 'alarm')} to look at.`
  if (openChanges > 0) return `${plural(openChanges, 'change')} to look at.`
  return 'Nothing needs you now.'
}

/**
 * The first sentences of the first page: the figure, why it is not corrected, whether it changed, what needs somebody. By rule
 * from what is known, never more certain than that.
 */
export const firstSentence = (facts: OverviewFacts): string =>
  [shareSentence(facts), correctionSentence(facts), ...changeSentences(facts), needSentence(facts)]
    .filter((sentence) => sentence !== undefined)
    .join(' ')

/** What stands below it, always. */
export const caption = ({ domain, month }: OverviewFacts): string =>
  [
    'Estimated from X-rays of people of 50 and over imaged here; not residents, not diagnoses.',
    ...(month?.bounds === undefined
      ? []
      : [`With unreadable hips ${limitsText(month.bounds.low, month.bounds.high)}, uncorrected.`]),
    month?.corrected.kind === 'answer'
      ? 'Assumes clinics image like the validation sites.'
      : 'Not corrected for the errors of the model.',
    domain === 'real' ? 'Unvalidated model output.' : 'All people are simulated.',
  ].join(' ')
