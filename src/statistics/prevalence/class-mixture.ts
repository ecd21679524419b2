import { type Answer, answer, type NoAnswer, noAnswer, warn } from '../answer.ts'
import { type Counts, faultInCounts } from '../inputs/counts.ts'
import type { Estimate } from '../intervals/interval.ts'
import { percentileInterval, usualLevel } from '../intervals/interval.ts'
import { drawMultinomial } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'

/** Relative change of the log-likelihood below which EM has converged; a stop at 1e-4 in q can be .007 short. */
const tolerance = 1e-9
const mostRounds = 5000

/** Class mix that maximises the likelihood, and how EM ended. */
export type MixtureFit = {
  readonly shares: Float64Array
  readonly rounds: number
  readonly converged: boolean
}

/**
 * EM for the weights of known components: rows of `density` (items × K, flat) hold the likelihood of each item under
 * each component up to a factor of the item; `weights` counts the items. Shares sum to 1.
 */
export const fitMixture = (
  density: Float64Array,
  weights: ArrayLike<number>,
  start: ArrayLike<number>,
): MixtureFit => {
  const classes = start.length
  const shares = Float64Array.from(start)
  const next = new Float64Array(classes)
  let people = 0
  for (let i = 0; i < weights.length; i += 1) people += weights[i] ?? 0
  let previous = Number.NEGATIVE_INFINITY
  for (let round = 1; round <= mostRounds; round += 1) {
    next.fill(0)
    let logLikelihood = 0
    for (let i = 0; i < weights.length; i += 1) {
      const weight = weights[i] ?? 0
      if (weight === 0) continue
      const at = i * classes
      let mass = 0
      for (let k = 0; k < classes; k += 1) mass += (density[at + k] ?? 0) * (shares[k] ?? 0)
      if (!(mass > 0)) continue
      logLikelihood += weight * Math.log(mass)
      const factor = weight / mass
      for (let k = 0; k < classes; k += 1) next[k] = (next[k] ?? 0) + factor * (density[at + k] ?? 0)
    }
    let sum = 0
    for (let k = 0; k < classes; k += 1) {
      shares[k] = ((shares[k] ?? 0) * (next[k] ?? 0)) / people
      sum += shares[k] ?? 0
    }
    for (let k = 0; k < classes; k += 1) shares[k] = (shares[k] ?? 0) / sum
    if (Math.abs(logLikelihood - previous) <= tolerance * Math.abs(logLikelihood))
      return { shares, rounds: round, converged: true }
    previous = logLikelihood
  }
  return { shares, rounds: mostRounds, converged: false }
}

/** Class mix with percentile limits of the bootstrap; `converged` is false where EM ran out of rounds. */
export type ClassMix = {
  readonly classes: readonly Estimate[]
  readonly rounds: number
  readonly people: number
}

const conclude = (
  fit: MixtureFit,
  people: number,
  draws: readonly Float64Array[],
  level: number,
): Answer<ClassMix> => {
  const classes = Array.from(fit.shares, (estimate, k) => {
    if (draws.length === 0) return { estimate, low: estimate, high: estimate, level: 0 }
    return {
      estimate,
      ...percentileInterval(
        draws.map((draw) => draw[k] ?? 0),
        level,
      ),
    }
  })
  const notes = [warn('assumes-unchanged-severity', 'assumes unchanged severity within classes')]
  if (!fit.converged) notes.push(warn('not-converged', `${mostRounds} rounds`))
  return answer({ classes, rounds: fit.rounds, people }, notes)
}

const faultInPrior = (prior: ArrayLike<number>): NoAnswer | undefined => {
  let sum = 0
  for (let k = 0; k < prior.length; k += 1) {
    const share = prior[k] ?? 0
    if (!(share > 0)) return noAnswer('class-never-seen', `class ${k} has no share in the calibration set`)
    sum += share
  }
  return prior.length < 2 || Math.abs(sum - 1) > 1e-6
    ? noAnswer('invalid-input', 'prior shares must sum to 1')
    : undefined
}

/** Calibrated probabilities (people × K), the class mix they were calibrated on, and an optional bootstrap. */
export type ScoreMixInput = {
  readonly posteriors: readonly (readonly number[])[]
  readonly prior: readonly number[]
  readonly level?: number
  readonly bootstrap?: { readonly random: Random; readonly draws: number }
}

/**
 * Class-level EM on calibrated probabilities (Saerens, Latinne & Decaestecker 2002): w_ik ∝ p̃_ik q_k/π0_k.
 * Without a bootstrap the limits equal the estimate and their level is 0: print its error or do not print it.
 * No answer: empty, invalid-input, class-never-seen (a prior share of zero).
 */
export const classMixFromScores = (input: ScoreMixInput): Answer<ClassMix> => {
  const { posteriors, prior } = input
  if (posteriors.length === 0) return noAnswer('empty', 'no people')
  const fault = faultInPrior(prior)
  if (fault) return fault
  const classes = prior.length
  if (posteriors.some((row) => row.length !== classes || row.some((p) => !(p >= 0 && p <= 1))))
    return noAnswer('invalid-input', `each person needs ${classes} probabilities`)
  const density = new Float64Array(posteriors.length * classes)
  posteriors.forEach((row, i) => {
    row.forEach((p, k) => {
      density[i * classes + k] = p / (prior[k] ?? 1)
    })
  })
  const weights = new Float64Array(posteriors.length).fill(1)
  const fit = fitMixture(density, weights, prior)
  const draws: Float64Array[] = []
  const redrawn = new Float64Array(posteriors.length)
  for (let draw = 0; draw < (input.bootstrap?.draws ?? 0) && input.bootstrap; draw += 1) {
    redrawn.fill(0)
    for (let i = 0; i < posteriors.length; i += 1) {
      const chosen = Math.floor(input.bootstrap.random() * posteriors.length)
      redrawn[chosen] = (redrawn[chosen] ?? 0) + 1
    }
    draws.push(fitMixture(density, redrawn, prior).shares)
  }
  return conclude(fit, posteriors.length, draws, input.level ?? usualLevel)
}

/** Validation counts by class (K × B), live counts by bin (B), and an optional bootstrap of card and window. */
export type BinnedMixInput = {
  readonly classCounts: readonly Counts[]
  readonly live: Counts
  readonly level?: number
  readonly bootstrap?: { readonly random: Random; readonly draws: number }
}

/** P(bin | class) with 1/2 added to each cell, laid out bins × K. */
export const classDensities = (classCounts: readonly ArrayLike<number>[], bins: number): Float64Array => {
  const classes = classCounts.length
  const density = new Float64Array(bins * classes)
  classCounts.forEach((counts, k) => {
    let people = bins / 2
    for (let b = 0; b < bins; b += 1) people += counts[b] ?? 0
    for (let b = 0; b < bins; b += 1) density[b * classes + k] = ((counts[b] ?? 0) + 0.5) / people
  })
  return density
}

/**
 * Class-level EM on binned counts: the live bin shares as a mixture of the card's bin shares of each class.
 * Card and window are redrawn together in the bootstrap.
 * No answer: empty, invalid-input, class-never-seen.
 */
export const classMixFromBins = (input: BinnedMixInput): Answer<ClassMix> => {
  const { classCounts, live } = input
  const fault = faultInCounts(live, 'live') ?? faultInClassCounts(classCounts, live.length)
  if (fault) return fault
  const bins = live.length
  const even = new Float64Array(classCounts.length).fill(1 / classCounts.length)
  const fit = fitMixture(classDensities(classCounts, bins), live, even)
  const people = Array.from(live).reduce((sum, count) => sum + count, 0)
  const draws: Float64Array[] = []
  const window = new Float64Array(bins)
  for (let draw = 0; draw < (input.bootstrap?.draws ?? 0) && input.bootstrap; draw += 1) {
    const { random } = input.bootstrap
    const card = classCounts.map((counts) =>
      drawMultinomial(
        random,
        Array.from(counts).reduce((sum, count) => sum + count, 0),
        counts,
        new Float64Array(bins),
      ),
    )
    drawMultinomial(random, people, live, window)
    draws.push(fitMixture(classDensities(card, bins), window, even).shares)
  }
  return conclude(fit, people, draws, input.level ?? usualLevel)
}

/** Says what is wrong with card counts by class: other bins than the live ones, not counts, a class without people. */
export const faultInClassCounts = (classCounts: readonly Counts[], bins: number): NoAnswer | undefined => {
  if (classCounts.length < 2) return noAnswer('empty', 'two classes or more are needed')
  for (const [k, counts] of classCounts.entries()) {
    if (counts.length !== bins) return noAnswer('invalid-input', `class ${k} has other bins than the window`)
    const fault = faultInCounts(counts, `class ${k}`)
    if (fault)
      return fault.reason === 'empty' ? noAnswer('class-never-seen', `class ${k} has no people`) : fault
  }
  return undefined
}
