import { type Measures, measureNames } from './measures.ts'

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN

const column = (films: readonly Measures[], name: (typeof measureNames)[number]): number[] =>
  films.map((film) => film[name]).toSorted((a, b) => a - b)

/** How far the middle of one set lies from that of another, in spreads of both; and how many lie beyond it. */
export type Gap = {
  readonly name: string
  readonly real: readonly [low: number, middle: number, high: number]
  readonly simulated: readonly [low: number, middle: number, high: number]
  readonly distance: number
  /** Share of real films outside of what nine of ten simulated films show. */
  readonly beyond: number
}

const rangeOf = (sorted: readonly number[]): readonly [number, number, number] => [
  at(sorted, 0.25),
  at(sorted, 0.5),
  at(sorted, 0.75),
]

/** The gap of every measure between two sets of films. */
export const gapsOf = (real: readonly Measures[], simulated: readonly Measures[]): Gap[] =>
  measureNames.map((name) => {
    const [ours, theirs] = [column(real, name), column(simulated, name)]
    const [own, other] = [rangeOf(ours), rangeOf(theirs)]
    // A quarter above to a quarter below the middle is 1.35 standard deviations.
    const spread = Math.max(1e-6, (own[2] - own[0] + other[2] - other[0]) / 2 / 1.35)
    const [low, high] = [at(theirs, 0.05), at(theirs, 0.95)]
    return {
      name,
      real: own,
      simulated: other,
      distance: Math.abs(own[1] - other[1]) / spread,
      beyond: ours.filter((value) => value < low || value > high).length / Math.max(1, ours.length),
    }
  })

const text = ([low, middle, high]: readonly [number, number, number]): string =>
  [middle, low, high].map((value) => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0))).join(' / ')

/** Lines of a table of gaps; the last is the mean of all. */
export const gapLines = (gaps: readonly Gap[]): string[] => {
  const line = (cells: readonly [string, string, string, string, string]): string =>
    `${cells[0].padEnd(26)}${cells[1].padEnd(22)}${cells[2].padEnd(22)}${cells[3].padStart(8)}${cells[4].padStart(10)}`
  const mean = (of: (gap: Gap) => number): number => gaps.reduce((sum, gap) => sum + of(gap), 0) / gaps.length
  return [
    line(['measure', 'real (middle, quarters)', 'simulated', 'gap', 'beyond %']),
    ...gaps.map(({ name, real, simulated, distance, beyond }) =>
      line([name, text(real), text(simulated), distance.toFixed(2), (100 * beyond).toFixed(0)]),
    ),
    line([
      'mean',
      '',
      '',
      mean(({ distance }) => distance).toFixed(2),
      (100 * mean(({ beyond }) => beyond)).toFixed(0),
    ]),
  ]
}
