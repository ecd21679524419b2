import type { BaselineCard } from '../../contracts/baseline-card.ts'
import { personFolds } from '../../statistics/inputs/person-folds.ts'
import {
  crossFitTemperature,
  fitTemperature,
  type LabelledLogits,
} from '../../statistics/performance/temperature.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import type { EvaluatedHip } from './run-evaluation.ts'

const folds = 5
/** Parts people into folds; any number does, as long as it stays. */
const foldSeed = 1
/** A chance below this is rounding: its logarithm must stay finite. */
const leastChance = 1e-12

const lossOf = (probabilities: readonly (readonly number[])[], labels: readonly number[]): number =>
  probabilities.reduce((sum, row, i) => sum - Math.log(Math.max(leastChance, row[labels[i] ?? 0] ?? 0)), 0) /
  Math.max(1, labels.length)

/**
 * How the chances of a package must be sharpened or softened so that they come true on this set: a temperature over the
 * one that the package has, cross-fitted by person, so that the loss that is stated is not that of people who were fitted.
 * Votes come in an order of their own, because sums depend on it in their last bits.
 */
export const makeCalibrator = (votes: readonly EvaluatedHip[]): BaselineCard['calibrator'] => {
  const ordered = votes.toSorted((a, b) => (a.person < b.person ? -1 : 1))
  const chances = ordered.map(({ reading }) => severityClasses.map((name) => reading.probabilities[name]))
  const data: LabelledLogits = {
    logits: chances.map((row) => row.map((chance) => Math.log(Math.max(leastChance, chance)))),
    labels: ordered.map(({ densityClass }) => severityClasses.indexOf(densityClass)),
  }
  const byFold = personFolds(
    ordered.map(({ person }) => person),
    folds,
    foldSeed,
  )
  const whole = fitTemperature(data)
  if (whole.kind === 'no-answer') return { ...whole }
  const crossed = crossFitTemperature({ ...data, folds: byFold })
  if (crossed.kind === 'no-answer') return { ...crossed }
  return {
    kind: 'temperature',
    people: ordered.length,
    temperature: whole.value.temperature,
    foldTemperatures: [...crossed.value.temperatures],
    logLoss: {
      asShipped: lossOf(chances, data.labels),
      crossFitted: lossOf(crossed.value.probabilities, data.labels),
    },
  }
}
