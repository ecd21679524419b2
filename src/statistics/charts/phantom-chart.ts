import { type Answer, answer, noAnswer, warn } from '../answer.ts'
import { faultInInputs, listOf, numberFrom, optional } from '../inputs/input-rules.ts'
import { tQuantile } from '../maths/distributions.ts'

/** Readings of one device's phantom: its frozen baseline, and those to be judged. */
export type PhantomInput = {
  readonly baseline: readonly number[]
  readonly readings: readonly number[]
  /** Chance that a reading of an unchanged device alarms (.0027, Shewhart's three standard deviations). */
  readonly falseAlarm?: number
}

/** One reading: its distance from the baseline in standard deviations, and the side on which it left the limits. */
export type PhantomPoint = {
  readonly reading: number
  readonly distance: number
  readonly alarm?: 'up' | 'down'
}

/** Shewhart chart of one device, in the unit of the readings. */
export type PhantomChart = {
  readonly centre: number
  readonly spread: number
  readonly low: number
  readonly high: number
  readonly points: readonly PhantomPoint[]
  /** Shift that one reading in two would show. */
  readonly smallestSeen: number
}

/** Readings of a baseline below which its spread is a guess. */
const fewestReadings = 8
const someReadings = listOf(numberFrom(-1e9, 1e9))

/**
 * Shewhart chart of a device's phantom films (Shewhart 1931) with prediction limits of a baseline that is itself an
 * estimate: mean ± t_{n−1} · s √(1 + 1/n). One chart a device: phantoms of two devices are not alike.
 * No answer: empty, invalid-input, too-few (< 8 readings in the baseline), uninformative (the baseline does not vary).
 */
export const phantomChart = (input: PhantomInput): Answer<PhantomChart> => {
  const fault = faultInInputs(input, {
    baseline: someReadings,
    readings: someReadings,
    falseAlarm: optional(numberFrom(1e-6, 0.2)),
  })
  if (fault) return fault
  const { baseline, readings, falseAlarm = 0.0027 } = input
  const count = baseline.length
  if (count === 0) return noAnswer('empty', 'no phantom films in the baseline')
  if (count < fewestReadings)
    return noAnswer('too-few', `${count} phantom films in the baseline, ${fewestReadings} needed`)
  const centre = baseline.reduce((sum, value) => sum + value, 0) / count
  const spread = Math.sqrt(baseline.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (count - 1))
  if (!(spread > 1e-12 * Math.max(1, Math.abs(centre))))
    return noAnswer('uninformative', 'the readings of the baseline are all the same')
  const reach = tQuantile(1 - falseAlarm / 2, count - 1) * spread * Math.sqrt(1 + 1 / count)
  const points = readings.map((reading): PhantomPoint => {
    const point = { reading, distance: (reading - centre) / spread }
    if (Math.abs(reading - centre) <= reach) return point
    return { ...point, alarm: reading > centre ? 'up' : 'down' }
  })
  const notes = count < 20 ? [warn('small-window', `${count} phantom films in the baseline`)] : []
  return answer(
    { centre, spread, low: centre - reach, high: centre + reach, points, smallestSeen: reach },
    notes,
  )
}
