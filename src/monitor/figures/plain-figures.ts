import type { DomainFigures, Figure, FiguresByClass, NoFigure } from '../../contracts/prevalence-figures.ts'
import { type DensityClass, densityClasses } from '../../contracts/verdict.ts'
import type { ControlSum, PeopleCell, WindowCounts } from '../../contracts/window-counts.ts'
import type { NoAnswer } from '../../statistics/answer.ts'
import { unreadableBounds, wilson } from '../../statistics/intervals/proportions.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'

/** Rounds to millionths, so that a figure has few digits and never minus zero. */
export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6 + 0

/** An estimate of the statistics as reports state it. */
export const figureOf = ({ estimate, low, high }: Figure): Figure => ({
  estimate: rounded(estimate),
  low: rounded(low),
  high: rounded(high),
})

/** Why the statistics give no answer, as reports state it. */
export const withoutFigure = ({ reason, detail }: NoAnswer): NoFigure => ({
  kind: 'no-answer',
  reason,
  detail,
})

/** Figures in the order of the statistics, by class. */
export const byClass = (classes: readonly Figure[]): FiguresByClass => {
  const of = (name: DensityClass): Figure =>
    figureOf(classes[severityClasses.indexOf(name)] ?? { estimate: 0, low: 0, high: 1 })
  return { normal: of('normal'), osteopenia: of('osteopenia'), osteoporosis: of('osteoporosis') }
}

/** How many people a list of cells holds. */
export const peopleIn = (cells: readonly { readonly people: number }[]): number =>
  cells.reduce((sum, { people }) => sum + people, 0)

/** People with a vote of each class, in the order of the statistics. */
export const classCounts = (cells: readonly PeopleCell[]): [number, number, number] => {
  const of = (name: DensityClass): number =>
    peopleIn(cells.filter(({ densityClass }) => densityClass === name))
  return [of('osteoporosis'), of('osteopenia'), of('normal')]
}

/** Raw shares with Wilson's limits. */
export const rawOf = (cells: readonly PeopleCell[]): DomainFigures['raw'] => {
  const counts = classCounts(cells)
  const trials = counts.reduce((sum, count) => sum + count, 0)
  const shares = counts.map((successes) => wilson({ successes, trials }))
  const figures = shares.flatMap((share) => (share.kind === 'answer' ? [share.value] : []))
  const [first] = shares
  if (first?.kind === 'no-answer') return withoutFigure(first)
  return { kind: 'answer', ...byClass(figures) }
}

/** The bounds of the osteoporosis share that people without a vote leave. */
export const boundsOf = (cells: readonly PeopleCell[]): DomainFigures['bounds'] => {
  const [successes, ...others] = classCounts(cells)
  const trials = successes + others.reduce((sum, count) => sum + count, 0)
  const bounds = unreadableBounds({ successes, trials, unreadable: peopleIn(cells) - trials })
  if (bounds.kind === 'no-answer') return withoutFigure(bounds)
  return { kind: 'answer', low: rounded(bounds.value.low), high: rounded(bounds.value.high) }
}

/** People without a vote by reason, sex and age. */
export const withoutVoteOf = (cells: readonly PeopleCell[]): DomainFigures['withoutVote'] => {
  const without = cells.filter(({ densityClass }) => densityClass === undefined)
  const groups = Map.groupBy(without, ({ withoutVote, sex, ageBand }) =>
    JSON.stringify([withoutVote, sex, ageBand]),
  )
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) => {
      const [first] = own
      if (first === undefined) return []
      const { withoutVote: reason, sex, ageBand } = first
      return [{ reason, sex, ageBand, people: peopleIn(own) }]
    })
}

/** Mean and spread of a control from its whole sums. */
const controlOf = ({ name, films, sum, sumOfSquares }: ControlSum) => {
  const count = BigInt(films)
  // Whole until the last step: the difference of two large sums would lose its digits.
  const spread = Number(sumOfSquares * count - sum * sum) / (films * films)
  return {
    name,
    films,
    mean: rounded(Number(sum) / films / 1e6),
    sd: rounded(Math.sqrt(Math.max(0, spread)) / 1e6),
  }
}

/** The controls of a window. */
export const controlsOf = ({ controls }: Pick<WindowCounts, 'controls'>): DomainFigures['controls'] =>
  controls.map(controlOf)

/** How many people have each class, for a report. */
export const countsByClass = (cells: readonly PeopleCell[]): DomainFigures['counts'] => {
  const counts = classCounts(cells)
  const of = (name: DensityClass): number => counts[severityClasses.indexOf(name)] ?? 0
  const [normal, osteopenia, osteoporosis] = densityClasses.map(of)
  return { normal: normal ?? 0, osteopenia: osteopenia ?? 0, osteoporosis: osteoporosis ?? 0 }
}
