import { modelDigestOf } from '../../src/analytics/stores/finding-columns.ts'
import type { ReportScope, ReportWindow } from '../../src/contracts/report.ts'
import type { WindowCounts } from '../../src/contracts/window-counts.ts'
import type { DrawnPerson } from '../../src/simulation/history/draw-history.ts'
import { binOf } from '../../src/statistics/inputs/score-bins.ts'

/** How often each of some entries occurs. */
const tally = <Entry extends object>(entries: readonly Entry[]): (Entry & { readonly people: number })[] =>
  [...Map.groupBy(entries, (entry) => JSON.stringify(entry)).values()].flatMap((own) => {
    const [first] = own
    return first === undefined ? [] : [{ ...first, people: own.length }]
  })

const cellOf = ({ reading: { attributes, outcome } }: DrawnPerson) => {
  const votes = outcome.kind === 'finding' && outcome.eligible
  return {
    modelDigest: votes ? modelDigestOf(outcome.model) : '',
    finderDigest: votes ? outcome.finder.digest : '',
    sex: attributes.sex ?? '',
    ageBand: attributes.ageBand ?? '',
    reason: attributes.reason ?? '',
    densityClass: votes ? outcome.densityClass : undefined,
    withoutVote: votes ? '' : outcome.kind === 'rejected' ? outcome.reason : 'NO_ELIGIBLE_HIP',
  }
}

/** Counts drawn people, as ClickHouse does, without it. */
export const countDrawn = (
  people: readonly DrawnPerson[],
  edges: readonly number[],
  of: { readonly scope: ReportScope; readonly window: ReportWindow },
): WindowCounts => ({
  ...of,
  domain: 'history',
  people: tally(people.map(cellOf)),
  scores: tally(
    people.flatMap((person) => {
      const { outcome } = person.reading
      if (outcome.kind !== 'finding' || !outcome.eligible) return []
      const { modelDigest, finderDigest } = cellOf(person)
      return [{ modelDigest, finderDigest, bin: binOf(edges, outcome.severity) }]
    }),
  ),
  clinics: tally(
    people.map((person) => ({
      siteId: person.reading.siteId,
      densityClass: cellOf(person).densityClass,
    })),
  ),
  controls: [],
  films: people.length,
  implausibleFilms: 0,
  linkedPeople: 0,
})
