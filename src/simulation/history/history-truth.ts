import type { DensityClass } from '../../contracts/verdict.ts'
import type { DrawnPerson, HistoryDrawer } from './draw-history.ts'
import type { HistoryPlan } from './history-plan.ts'

/** How many people of a clinic and a week have each class in truth, of those who have a vote. */
export type TrueCounts = {
  readonly week: string
  readonly region: string
  readonly siteId: string
  readonly people: number
  readonly withVote: number
} & Readonly<Record<DensityClass, number>>

const hasVote = ({ reading: { outcome } }: DrawnPerson): boolean =>
  outcome.kind === 'finding' && outcome.eligible

const countsOf = (week: string, own: readonly DrawnPerson[]): TrueCounts[] => {
  const [first] = own
  if (first === undefined) return []
  const voting = own.filter(hasVote)
  const of = (name: DensityClass): number => voting.filter(({ truth }) => truth === name).length
  return [
    {
      week,
      region: first.region,
      siteId: first.reading.siteId,
      people: own.length,
      withVote: voting.length,
      normal: of('normal'),
      osteopenia: of('osteopenia'),
      osteoporosis: of('osteoporosis'),
    },
  ]
}

/** The truth of a history, week by week and clinic by clinic: for whoever checks the figures, and for no topic. */
export const trueCounts = (plan: HistoryPlan, draw: HistoryDrawer): readonly TrueCounts[] =>
  plan.weeks.flatMap((monday, week) =>
    [...Map.groupBy(draw(week), ({ reading }) => reading.siteId).values()].flatMap((own) =>
      countsOf(monday, own),
    ),
  )

const columns = [
  'week',
  'region',
  'siteId',
  'people',
  'withVote',
  'normal',
  'osteopenia',
  'osteoporosis',
] as const

/** The truth as a CSV file. */
export const truthText = (counts: readonly TrueCounts[]): string =>
  [columns.join(','), ...counts.map((row) => columns.map((name) => row[name]).join(',')), ''].join('\n')
