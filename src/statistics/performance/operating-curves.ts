import { type Answer, answer, noAnswer } from '../answer.ts'
import { aFlag, faultInInputs, listOf, numberFrom } from '../inputs/input-rules.ts'

/** One threshold of a score: films at or above it are called positive. */
export type OperatingPoint = {
  readonly threshold: number
  readonly sensitivity: number
  readonly specificity: number
  /** Share of the called films that are positive. */
  readonly precision: number
}

/** Every threshold at which the calls change, from the strictest down, and the area under precision and recall. */
export type OperatingCurve = {
  readonly points: readonly OperatingPoint[]
  readonly averagePrecision: number
  /** Share of positive films: the precision of a coin. */
  readonly positiveShare: number
}

/**
 * ROC and precision–recall curve of a score at all its thresholds; average precision as the sum of precision over the
 * steps of recall, without interpolation. No answer: empty, invalid-input, class-never-seen.
 */
export const operatingCurve = (
  scores: readonly number[],
  positive: readonly boolean[],
): Answer<OperatingCurve> => {
  const fault = faultInInputs({ scores, positive }, { scores: listOf(numberFrom()), positive: listOf(aFlag) })
  if (fault) return fault
  const films = scores.length
  if (films === 0) return noAnswer('empty', 'no films')
  if (positive.length !== films) return noAnswer('invalid-input', 'scores and labels differ in length')
  const ill = positive.filter(Boolean).length
  if (ill === 0 || ill === films)
    return noAnswer('class-never-seen', ill === 0 ? 'no positive film' : 'no negative film')
  const order = scores.map((_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const points: OperatingPoint[] = []
  let hits = 0
  let averagePrecision = 0
  let recallBefore = 0
  order.forEach((film, place) => {
    if (positive[film]) hits += 1
    const threshold = scores[film] ?? 0
    if (scores[order[place + 1] ?? -1] === threshold) return
    const called = place + 1
    const sensitivity = hits / ill
    const precision = hits / called
    averagePrecision += (sensitivity - recallBefore) * precision
    recallBefore = sensitivity
    points.push({ threshold, sensitivity, specificity: 1 - (called - hits) / (films - ill), precision })
  })
  return answer({ points, averagePrecision, positiveShare: ill / films })
}
