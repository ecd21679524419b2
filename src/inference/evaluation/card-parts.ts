import { type BaselineCard, cardControls } from '../../contracts/baseline-card.ts'
import { ageBands } from '../../contracts/film-attributes.ts'
import { binOf } from '../../statistics/inputs/score-bins.ts'
import { confusionOf } from './confusion-of.ts'
import type { EvaluatedHip } from './run-evaluation.ts'

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Votes by clinic, the clinics numbered in the order of their names: how much the matrix differs between places. */
export const sitesOf = (votes: readonly EvaluatedHip[]): BaselineCard['sites'] =>
  [...Map.groupBy(votes, ({ clinic = '' }) => clinic)]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([clinic, own], at) => ({
      site: clinic === '' ? 'unnamed' : `site-${at + 1}`,
      confusion: confusionOf(own),
    }))

/** Votes by sex and age band, where both are known: whether the matrix differs between them. */
export const strataOf = (votes: readonly EvaluatedHip[]): BaselineCard['strata'] =>
  (['F', 'M', 'O'] as const).flatMap((sex) =>
    ageBands.flatMap((ageBand) => {
      const own = votes.filter((hip) => hip.sex === sex && hip.ageBand === ageBand)
      return own.length === 0 ? [] : [{ sex, ageBand, confusion: confusionOf(own) }]
    }),
  )

/** Sums of each control by bin of the severity score, one film for each vote; a control that no film has is left out. */
export const controlsOf = (
  votes: readonly EvaluatedHip[],
  edges: readonly number[],
): BaselineCard['controls'] =>
  cardControls.flatMap((name) => {
    const known = votes.flatMap(({ controls, reading }) => {
      const value = controls?.[name]
      return value === undefined ? [] : [{ value, bin: binOf(edges, reading.severity) }]
    })
    if (known.length === 0) return []
    // Sums depend on their order in the last bits, and the card must not.
    const sorted = known.toSorted((a, b) => a.value - b.value)
    const bins = Array.from({ length: edges.length + 1 }, (_, b) => {
      const own = sorted.flatMap(({ value, bin }) => (bin === b ? [value] : []))
      return {
        films: own.length,
        sum: own.reduce((sum, value) => sum + value, 0),
        sumOfSquares: own.reduce((sum, value) => sum + value * value, 0),
      }
    })
    return [{ name, bins }]
  })
