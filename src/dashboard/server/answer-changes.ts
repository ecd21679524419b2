import type { Change } from '../../contracts/change-report.ts'
import type { ReportedChange } from '../../contracts/reported-change.ts'
import { peopleOf, type Release } from '../disclosure/release-months.ts'
import { shownTable } from '../disclosure/shown-table.ts'
import { seesRegion, type Viewer } from '../sign-in/viewer.ts'
import { answerPrevalence, type Domain } from './answer-prevalence.ts'
import type { ChangesAnswer } from './answers.ts'
import type { ApiDeps } from './api-types.ts'

type Shown = ChangesAnswer['changes'][number]

/** People of a region and a month as they were released, where they may be seen. */
const seenPeople = (
  releases: readonly Release[],
  table: ReturnType<typeof shownTable>,
  region: string,
  month: string,
): number | undefined => {
  const shown = table.find((candidate) => candidate.month === month)
  const cell = region === '' ? shown?.all : shown?.regions.find((candidate) => candidate.region === region)
  if (cell?.share.kind !== 'answer') return undefined
  const release = releases.find((candidate) => candidate.month === month && candidate.region === region)
  return release === undefined ? undefined : peopleOf(release)
}

const inPoints = (difference: Change['difference']): Shown['difference'] => {
  if (difference.kind === 'no-answer') return difference
  const step = (share: number): number => Math.round(share * 1000) / 1000
  const { estimate, low, high } = difference
  return { kind: 'answer', estimate: step(estimate), low: step(low), high: step(high) }
}

/**
 * A change as it may be seen: only where both months stand on pages with the very people that it was judged on. Its words
 * name numbers of people, and what it says follows from their counts.
 */
const shownOf = ({ region, month, change }: ReportedChange): Shown => ({
  region,
  month,
  before: change.before.start.slice(0, 7),
  verdict: change.verdict,
  statement: change.statement,
  difference: inPoints(change.difference),
  witnesses: change.witnesses.map((witness) => ({ ...witness })),
  ...(change.onset === undefined ? {} : { onset: change.onset }),
})

/** What the monitor says of changes, within a viewer's scope and as far as its counts may be seen. */
export const answerChanges = async (
  deps: ApiDeps,
  viewer: Viewer,
  asked?: Domain,
): Promise<ChangesAnswer> => {
  const { domain, label, asOf, stale } = await answerPrevalence(deps, viewer, asked)
  const releases = (await deps.snapshots.releases()).value.filter((release) => release.domain === domain)
  const table = shownTable(releases, domain, deps.threshold, deps.now())
  const { value, isStale } = await deps.snapshots.changes()
  const mine = value.filter(
    ({ region, change }) =>
      change.domain === domain && (region === '' ? viewer.regions === undefined : seesRegion(viewer, region)),
  )
  const maySee = ({ region, month, change }: ReportedChange): boolean =>
    seenPeople(releases, table, region, month) === change.people.after &&
    seenPeople(releases, table, region, change.before.start.slice(0, 7)) === change.people.before
  const shown = mine.filter(maySee)
  return {
    domain,
    label,
    asOf,
    stale: stale || isStale,
    waiting: mine.length - shown.length,
    changes: shown
      .toSorted((a, b) => (a.month === b.month ? (a.region < b.region ? -1 : 1) : a.month < b.month ? 1 : -1))
      .map(shownOf),
  }
}
