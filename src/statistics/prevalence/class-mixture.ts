import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import type { Clusters } from '../inputs/clusters.ts'
import { type Counts, faultInCounts, total } from '../inputs/counts.ts'
import {
  aBootstrap,
  aCount,
  aKey,
  aLevel,
  aShare,
  faultInInputs,
  listOf,
  optional,
  rowsOf,
} from '../inputs/input-rules.ts'
import { faultInVoters, faultInVotes, notesOnVotes } from '../inputs/votes.ts'
import { noNarrowerThanExact } from '../intervals/binomial-floor.ts'
import { type Estimate, percentileInterval, usualLevel } from '../intervals/interval.ts'
import { drawMultinomial } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'
import { fitMixture, type MixtureFit, mostRounds } from './mixture-fit.ts'
import { faultInIdentification, faultInLikeClasses } from './mixture-identification.ts'

/** Class mix with percentile limits of the bootstrap; `converged` is false where EM ran out of rounds. */
export type ClassMix = {
  readonly classes: readonly Estimate[]
  readonly rounds: number
  readonly people: number
}

/** People below which a mix of classes is a guess. */
const fewestPeople = 30
/** Share of live people in bins without anybody of the card above which the card does not speak for them. */
const mostBeyond = 0.05

const conclude = (
  fit: MixtureFit,
  people: number,
  draws: readonly Float64Array[],
  level: number,
  more: readonly Warning[],
): Answer<ClassMix> => {
  const classes = Array.from(fit.shares, (estimate, k) => {
    if (draws.length === 0) return { estimate, low: estimate, high: estimate, level: 0 }
    const values = draws.map((draw) => draw[k] ?? 0)
    return noNarrowerThanExact({ estimate, ...percentileInterval(values, level) }, estimate, people)
  })
  const notes = [warn('assumes-unchanged-severity', 'assumes unchanged severity within classes'), ...more]
  if (!fit.converged) notes.push(warn('not-converged', `${mostRounds} rounds`))
  return answer({ classes, rounds: fit.rounds, people }, notes)
}

const faultInPrior = (prior: ArrayLike<number>): NoAnswer | undefined => {
  const never = Array.from(prior).findIndex((share) => !(share > 0))
  if (never >= 0) return noAnswer('class-never-seen', `class ${never} has no share in the calibration set`)
  return prior.length < 2 || Math.abs(total(prior) - 1) > 1e-6
    ? noAnswer('invalid-input', 'prior takes two shares or more that sum to 1')
    : undefined
}

/** Calibrated probabilities (people × K), the class mix they were calibrated on, and an optional bootstrap. */
export type ScoreMixInput = {
  readonly posteriors: readonly (readonly number[])[]
  readonly prior: readonly number[]
  readonly level?: number
  readonly bootstrap?: { readonly random: Random; readonly draws: number }
  /** Person of each row, so that a person who votes twice is refused. */
  readonly persons?: Clusters
}

const faultInScoreMix = (input: ScoreMixInput): NoAnswer | undefined => {
  const { posteriors, prior } = input
  const fault = faultInInputs(input, {
    posteriors: rowsOf(aShare),
    prior: listOf(aShare),
    level: optional(aLevel),
    bootstrap: optional(aBootstrap),
    persons: optional(listOf(aKey)),
  })
  if (fault) return fault
  if (posteriors.length === 0) return noAnswer('empty', 'no people')
  const unfit = faultInPrior(prior)
  if (unfit) return unfit
  if (posteriors.some((row) => row.length !== prior.length || Math.abs(total(row) - 1) > 1e-3))
    return noAnswer('invalid-input', `posteriors takes ${prior.length} shares a person that sum to 1`)
  if (posteriors.length < fewestPeople)
    return noAnswer('too-few', `${posteriors.length} people, ${fewestPeople} needed`)
  return faultInVoters(posteriors.length, input.persons)
}

/**
 * Class-level EM on calibrated probabilities (Saerens, Latinne & Decaestecker 2002): w_ik ∝ p̃_ik q_k/π0_k.
 * Without a bootstrap the limits equal the estimate and their level is 0: print its error or do not print it.
 * No answer: empty, invalid-input, class-never-seen (a prior share of zero), too-few (< 30 people), uninformative (the
 * probabilities do not tell the classes apart).
 */
export const classMixFromScores = (input: ScoreMixInput): Answer<ClassMix> => {
  const fault = faultInScoreMix(input)
  if (fault) return fault
  const { posteriors, prior } = input
  const classes = prior.length
  const density = new Float64Array(posteriors.length * classes)
  posteriors.forEach((row, i) => {
    row.forEach((p, k) => {
      density[i * classes + k] = p / (prior[k] ?? 1)
    })
  })
  const weights = new Float64Array(posteriors.length).fill(1)
  const fit = fitMixture(density, weights, prior)
  const unidentified = faultInIdentification(density, weights, fit.shares)
  if (unidentified) return unidentified
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
  return conclude(fit, posteriors.length, draws, input.level ?? usualLevel, notesOnVotes(input.persons))
}

/** Validation counts by class (K × B), live counts by bin (B), and an optional bootstrap of card and window. */
export type BinnedMixInput = {
  readonly classCounts: readonly Counts[]
  readonly live: Counts
  readonly level?: number
  readonly bootstrap?: { readonly random: Random; readonly draws: number }
  /** Persons behind the live votes: more votes than persons are refused. */
  readonly persons?: number
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
 * Live people in bins in which the card has nobody: a method that knows nothing of such scores must not place them.
 * No answer `outside-card` above 5 %; a warning below; nothing where there are none.
 */
export const judgeUnseenBins = (
  classCounts: readonly Counts[],
  live: Counts,
): NoAnswer | readonly Warning[] => {
  let beyond = 0
  for (let b = 0; b < live.length; b += 1)
    if (classCounts.every((counts) => (counts[b] ?? 0) === 0)) beyond += live[b] ?? 0
  const share = beyond / total(live)
  const detail = `${beyond} of ${total(live)} people have scores that nobody on the card has`
  if (share > mostBeyond) return noAnswer('outside-card', detail)
  return beyond > 0 ? [warn('beyond-card-range', detail)] : []
}

const faultInBinnedMix = (input: BinnedMixInput): NoAnswer | undefined => {
  const { classCounts, live } = input
  const fault =
    faultInInputs(input, {
      classCounts: rowsOf(aCount),
      live: listOf(aCount),
      level: optional(aLevel),
      bootstrap: optional(aBootstrap),
      persons: optional(aCount),
    }) ??
    faultInCounts(live, 'live') ??
    faultInClassCounts(classCounts, live.length)
  if (fault) return fault
  const people = total(live)
  if (people < fewestPeople) return noAnswer('too-few', `${people} people, ${fewestPeople} needed`)
  return faultInVotes(people, input.persons) ?? faultInLikeClasses(classCounts)
}

/**
 * Class-level EM on binned counts: the live bin shares as a mixture of the card's bin shares of each class.
 * Card and window are redrawn together in the bootstrap.
 * No answer: empty, invalid-input, class-never-seen, too-few (< 30 people), uninformative (classes that the card cannot
 * tell apart), outside-card (5 % of the people in bins that the card never saw).
 */
export const classMixFromBins = (input: BinnedMixInput): Answer<ClassMix> => {
  const fault = faultInBinnedMix(input)
  if (fault) return fault
  const { classCounts, live } = input
  const beyond = judgeUnseenBins(classCounts, live)
  if ('kind' in beyond) return beyond
  const bins = live.length
  const even = new Float64Array(classCounts.length).fill(1 / classCounts.length)
  const density = classDensities(classCounts, bins)
  const fit = fitMixture(density, live, even)
  const unidentified = faultInIdentification(density, live, fit.shares)
  if (unidentified) return unidentified
  const people = total(live)
  const draws: Float64Array[] = []
  const window = new Float64Array(bins)
  for (let draw = 0; draw < (input.bootstrap?.draws ?? 0) && input.bootstrap; draw += 1) {
    const { random } = input.bootstrap
    const card = classCounts.map((counts) =>
      drawMultinomial(random, total(counts), counts, new Float64Array(bins)),
    )
    drawMultinomial(random, people, live, window)
    draws.push(fitMixture(classDensities(card, bins), window, even).shares)
  }
  return conclude(fit, people, draws, input.level ?? usualLevel, [...beyond, ...notesOnVotes(input.persons)])
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
