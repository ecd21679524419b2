import { type Answer, answer, noAnswer } from '../answer.ts'
import { type Counts, faultInCounts, total } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, listOf, optional } from '../inputs/input-rules.ts'
import { usualLevel } from '../intervals/interval.ts'
import { chiSquareQuantile, chiSquareTail } from '../maths/distributions.ts'

/** The index, its null threshold and p, the sizes it rests on, and an effect-size label that is never an alarm. */
export type PopulationStability = {
  readonly index: number
  /** Alarm above this value: the (1 − α) quantile of the index when nothing changed. */
  readonly threshold: number
  readonly p: number
  readonly alarm: boolean
  /** Expected index when nothing changed. */
  readonly noise: number
  readonly effect: 'small' | 'moderate' | 'large'
  readonly referencePeople: number
  readonly livePeople: number
}

/** Σ (p − q) ln(p/q) with 1/2 added to each cell; the zero-cell rule also holds for fitted (not whole) counts. */
export const stabilityIndex = (live: ArrayLike<number>, reference: ArrayLike<number>): number => {
  const bins = live.length
  const liveSum = total(live) + bins / 2
  const referenceSum = total(reference) + bins / 2
  let index = 0
  for (let b = 0; b < bins; b += 1) {
    const p = ((live[b] ?? 0) + 0.5) / liveSum
    const q = ((reference[b] ?? 0) + 0.5) / referenceSum
    index += (p - q) * Math.log(p / q)
  }
  return index
}

const effectOf = (index: number): PopulationStability['effect'] => {
  if (index < 0.1) return 'small'
  return index < 0.25 ? 'moderate' : 'large'
}

/**
 * Population stability index with its null: without change it is (1/n_ref + 1/m) χ² with B − 1 degrees of freedom
 * (Yurdakul 2018), so the alarm threshold follows from the sizes; .1 and .25 are labels of effect size only.
 * Counts by bin, bins fixed once from the reference. No answer: empty, invalid-input, too-few (one bin).
 */
export const populationStability = (input: {
  readonly reference: Counts
  readonly live: Counts
  readonly level?: number
}): Answer<PopulationStability> => {
  const { reference, live, level = usualLevel } = input
  const fault =
    faultInInputs(input, { reference: listOf(aCount), live: listOf(aCount), level: optional(aLevel) }) ??
    faultInCounts(reference, 'reference') ??
    faultInCounts(live, 'live')
  if (fault) return fault
  if (reference.length !== live.length) return noAnswer('invalid-input', 'reference and live bins differ')
  if (live.length < 2) return noAnswer('too-few', 'one bin cannot change')
  const referencePeople = total(reference)
  const livePeople = total(live)
  const scale = 1 / referencePeople + 1 / livePeople
  const index = stabilityIndex(live, reference)
  const df = live.length - 1
  const threshold = scale * chiSquareQuantile(level, df)
  return answer({
    index,
    threshold,
    p: chiSquareTail(index / scale, df),
    alarm: index > threshold,
    noise: df * scale,
    effect: effectOf(index),
    referencePeople,
    livePeople,
  })
}
