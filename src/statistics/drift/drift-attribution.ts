import { type Answer, answer, noAnswer, type Warning, warn } from '../answer.ts'
import { type Counts, faultInCounts, total } from '../inputs/counts.ts'
import {
  aCount,
  aFunction,
  aGenerator,
  faultInInputs,
  fields,
  listOf,
  oneOf,
  optional,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { chiSquareTail } from '../maths/distributions.ts'
import { drawMultinomial } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'
import type { DriftModel } from './drift-model.ts'
import { stabilityIndex } from './population-stability.ts'

/** What of a change the population can explain. The three bars are not additive: never show them as percentages. */
export type DriftAttribution = {
  /** Σ (O − N m)²/(N m + N² V). */
  readonly statistic: number
  readonly p: number
  readonly method: 'asymptotic' | 'bootstrap'
  readonly bars: {
    /** Expected index when nothing changed: (B − 1)(1/n_ref + 1/m). */
    readonly noise: number
    /** Index of the fitted window against the reference: what a change of the population explains. */
    readonly explained: number
    /** Index of the observed window against the fitted one: what it leaves. */
    readonly unexplained: number
  }
  /** Standardised residual of each bin. */
  readonly residuals: readonly number[]
  readonly fitted: readonly number[]
  readonly livePeople: number
  readonly referencePeople: number
}

/** A model of the card, the window's counts, and how the p-value is found. */
export type AttributionInput = {
  readonly model: DriftModel
  readonly live: Counts
  /** `auto`: asymptotic first, bootstrap where N ≥ 300 and p < .2. */
  readonly method?: 'auto' | 'asymptotic' | 'bootstrap'
  /** Bootstrap resamples (199, the least allowed). */
  readonly resamples?: number
  /** Needed unless the method is asymptotic. */
  readonly random?: Random
}

const bootstrapFrom = 300
const doubtful = 0.2
const fewestResamples = 199
const fewestPeople = 30
const attributionRules = {
  model: fields({ fit: aFunction, varianceOf: aFunction, redraw: aFunction, momentsAt: aFunction }),
  live: listOf(aCount),
  method: optional(oneOf('auto', 'asymptotic', 'bootstrap')),
  resamples: optional(wholeFrom(fewestResamples, 100_000)),
  random: optional(aGenerator),
}

/** Σ (O − N m)²/(N m + N² V): the distance between a window and its fit, the card's own noise included. */
export const attributionStatistic = (
  live: ArrayLike<number>,
  fitted: Float64Array,
  variance: Float64Array,
  people: number,
): number => {
  let statistic = 0
  for (let b = 0; b < fitted.length; b += 1) {
    const expected = people * (fitted[b] ?? 0)
    const scale = expected + people * people * (variance[b] ?? 0)
    if (scale > 0) statistic += ((live[b] ?? 0) - expected) ** 2 / scale
  }
  return statistic
}

/** p of a scaled χ² with the given mean and variance (Satterthwaite 1946). */
const scaledTail = (
  statistic: number,
  moments: { readonly mean: number; readonly variance: number },
): number => {
  const scale = moments.variance / (2 * moments.mean)
  return chiSquareTail(statistic / scale, moments.mean / scale)
}

/**
 * p by parametric bootstrap: card and window are redrawn from the fitted population, smoothed again and refitted.
 * The share of redrawn statistics at or above the observed one, counting the observed one itself.
 */
const bootstrapTail = (
  model: DriftModel,
  fitted: Float64Array,
  people: number,
  statistic: number,
  resamples: number,
  random: Random,
): number => {
  const window = new Float64Array(model.bins)
  let above = 1
  for (let draw = 0; draw < resamples; draw += 1) {
    const refit = model.redraw(random)
    drawMultinomial(random, people, fitted, window)
    const again = refit(window)
    const variance = model.varianceOf(again.hidden)
    if (attributionStatistic(window, again.fitted, variance, people) >= statistic) above += 1
  }
  return above / (resamples + 1)
}

/**
 * Splits the change of a score distribution into noise, what a changed population explains, and what it leaves, and
 * tests the rest (X = Σ (O − N m)²/(N m + N² V)). A uniform scanner shift looks exactly like a changed population:
 * a silent test is never evidence that the model is unchanged.
 * No answer: empty, invalid-input, too-few (< 30 people, or no bin left free).
 */
export const attributeDrift = (input: AttributionInput): Answer<DriftAttribution> => {
  const { model, live, random, method = random ? 'auto' : 'asymptotic' } = input
  const fault = faultInInputs(input, attributionRules) ?? faultInCounts(live, 'live')
  if (fault) return fault
  if (live.length !== model.bins) return noAnswer('invalid-input', `${model.bins} bins needed`)
  const people = total(live)
  if (people < fewestPeople) return noAnswer('too-few', `${people} live people`)
  const moments = model.momentsAt(people)
  if (!(moments.mean > 0)) return noAnswer('too-few', 'more free shares than bins')
  if (method !== 'asymptotic' && !random) return noAnswer('invalid-input', 'a bootstrap needs a generator')
  const { fitted, hidden } = model.fit(live)
  const variance = model.varianceOf(hidden)
  const statistic = attributionStatistic(live, fitted, variance, people)
  let p = scaledTail(statistic, moments)
  let found: DriftAttribution['method'] = 'asymptotic'
  const doubt = method === 'bootstrap' || (method === 'auto' && people >= bootstrapFrom && p < doubtful)
  if (doubt && random) {
    const resamples = input.resamples ?? fewestResamples
    p = bootstrapTail(model, fitted, people, statistic, resamples, random)
    found = 'bootstrap'
  }
  const expected = fitted.map((share) => share * people)
  const notes: Warning[] = [
    warn('imaging-shift-looks-alike', 'a uniform imaging shift would look like a population change'),
  ]
  if (found === 'asymptotic') notes.push(warn('asymptotic', 'p from a scaled chi-square'))
  return answer(
    {
      statistic,
      p,
      method: found,
      bars: {
        noise: (model.bins - 1) * (1 / model.referencePeople + 1 / people),
        explained: stabilityIndex(expected, model.reference),
        unexplained: stabilityIndex(live, expected),
      },
      residuals: Array.from(expected, (value, b) => {
        const scale = value + people * people * (variance[b] ?? 0)
        return scale > 0 ? ((live[b] ?? 0) - value) / Math.sqrt(scale) : 0
      }),
      fitted: Array.from(fitted),
      livePeople: people,
      referencePeople: model.referencePeople,
    },
    notes,
  )
}
