import { type Answer, answer, noAnswer, warn } from '../answer.ts'
import {
  faultInInputs,
  listOf,
  numberFrom,
  positiveUpTo,
  requireInputs,
  rowsOf,
  wholeFrom,
} from '../inputs/input-rules.ts'

/** Logits (people × K) and true classes; weights count people with the same logits. */
export type LabelledLogits = {
  readonly logits: readonly (readonly number[])[]
  readonly labels: readonly number[]
}

/** Temperature above 1 means the model was too sure of itself. */
export type TemperatureFit = {
  readonly temperature: number
  readonly logLossBefore: number
  readonly logLossAfter: number
}

/** Probabilities of one person's logits at a temperature (softmax of logits/T). */
export const softmaxAt = (logits: readonly number[], temperature: number): number[] => {
  requireInputs({ logits, temperature }, { logits: listOf(numberFrom()), temperature: positiveUpTo() })
  const top = Math.max(...logits)
  const raised = logits.map((logit) => Math.exp((logit - top) / temperature))
  const sum = raised.reduce((all, value) => all + value, 0)
  return raised.map((value) => value / sum)
}

/** Mean log-loss and its first two derivatives in β = 1/T: expectation and variance of the logits. */
const lossAt = (data: LabelledLogits, beta: number): { loss: number; slope: number; bend: number } => {
  let loss = 0
  let slope = 0
  let bend = 0
  const people = data.logits.length
  data.logits.forEach((logits, i) => {
    const top = Math.max(...logits)
    let mass = 0
    let first = 0
    let second = 0
    for (const logit of logits) {
      const gap = logit - top
      const weight = Math.exp(beta * gap)
      mass += weight
      first += weight * gap
      second += weight * gap * gap
    }
    const own = (logits[data.labels[i] ?? 0] ?? 0) - top
    loss += (Math.log(mass) - beta * own) / people
    slope += (first / mass - own) / people
    bend += (second / mass - (first / mass) ** 2) / people
  })
  return { loss, slope, bend }
}

const [lowestBeta, highestBeta] = [0.02, 50]

/**
 * Temperature that minimises the log-loss (Guo et al. 2017); the loss is convex in 1/T, so Newton with bisection finds
 * the only minimum, within T from .02 to 50. For small calibration sets: one number, ranks unchanged.
 * No answer: empty, invalid-input, class-never-seen (only one class among the labels).
 */
export const fitTemperature = (data: LabelledLogits): Answer<TemperatureFit> => {
  const fault = faultInInputs(data, { logits: rowsOf(numberFrom(-1e4, 1e4)), labels: listOf(wholeFrom(0)) })
  if (fault) return fault
  const { logits, labels } = data
  if (logits.length === 0) return noAnswer('empty', 'no people')
  const classes = logits[0]?.length ?? 0
  const sound =
    labels.length === logits.length &&
    classes >= 2 &&
    logits.every((row) => row.length === classes) &&
    labels.every((label) => label < classes)
  if (!sound) return noAnswer('invalid-input', 'logits must be finite and labels name their columns')
  if (new Set(labels).size < 2) return noAnswer('class-never-seen', 'all labels name one class')
  let low = lowestBeta
  let high = highestBeta
  let beta = 1
  for (let round = 0; round < 200; round += 1) {
    const { slope, bend } = lossAt(data, beta)
    if (slope > 0) high = beta
    else low = beta
    const newton = bend > 0 ? beta - slope / bend : Number.NaN
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - beta) <= 1e-13 * beta) break
    beta = next
  }
  const edge = beta <= lowestBeta * 1.001 || beta >= highestBeta * 0.999
  return answer(
    { temperature: 1 / beta, logLossBefore: lossAt(data, 1).loss, logLossAfter: lossAt(data, beta).loss },
    edge ? [warn('not-converged', 'the best temperature lies outside .02 … 50')] : [],
  )
}

/**
 * Cross-fitted calibration: for each fold the temperature of the other folds, so that nobody is calibrated on
 * themselves. `folds[i]` is the fold of person i (give both hips of a person the same one).
 * Returns probabilities, people × K. No answer: as `fitTemperature`, or a fold whose complement cannot be fitted.
 */
export const crossFitTemperature = (
  data: LabelledLogits & { readonly folds: readonly number[] },
): Answer<{
  readonly probabilities: readonly (readonly number[])[]
  readonly temperatures: readonly number[]
}> => {
  const fault = faultInInputs(data, {
    logits: rowsOf(numberFrom(-1e4, 1e4)),
    labels: listOf(wholeFrom(0)),
    folds: listOf(wholeFrom(0)),
  })
  if (fault) return fault
  const { logits, labels, folds } = data
  if (logits.length === 0) return noAnswer('empty', 'no people')
  if (folds.length !== logits.length) return noAnswer('invalid-input', 'one fold a person needed')
  const names = [...new Set(folds)].sort((left, right) => left - right)
  if (names.length < 2) return noAnswer('too-few', 'two folds or more are needed')
  const byFold = new Map<number, number>()
  for (const name of names) {
    const kept = folds.flatMap((fold, i) => (fold === name ? [] : [i]))
    const fit = fitTemperature({
      logits: kept.map((i) => logits[i] ?? []),
      labels: kept.map((i) => labels[i] ?? 0),
    })
    if (fit.kind === 'no-answer') return fit
    byFold.set(name, fit.value.temperature)
  }
  return answer({
    probabilities: logits.map((row, i) => softmaxAt(row, byFold.get(folds[i] ?? 0) ?? 1)),
    temperatures: names.map((name) => byFold.get(name) ?? 1),
  })
}
