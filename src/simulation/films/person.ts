import type { DensityClass } from '../../contracts/verdict.ts'
import type { Random } from '../clinics/seeded-random.ts'
import { ageRange, ageWeights } from './ages.ts'
import { type FilmReason, type HipCondition, sampleConditions } from './conditions.ts'
import { clamp, normalDraw } from './normal-draw.ts'

/** Where films come from: the hospital whose films the packages learn from, or clinics outside. */
export type World = 'hospital' | 'external'

/** A person as the simulator knows them. */
export type SimulatedPerson = {
  /** Years. */
  readonly age: number
  readonly sex: 'F' | 'M'
  /** About 1; scales bones. */
  readonly size: number
  /** Centimetres of soft tissue in front of and behind the hip. */
  readonly softTissueCm: number
  /** Seeds the shape of the pelvis and of the soft tissue. */
  readonly shapeSeed: number
  readonly reason: FilmReason
  readonly left: SimulatedHip
  readonly right: SimulatedHip
}

/** One hip: its bone density, and how it looks on a film. */
export type SimulatedHip = {
  /** Femoral-neck T-score on the white-female NHANES III reference: (BMD − .858)/.120 g/cm² (Looker 1998). */
  readonly tScore: number
  /** What the film can show: the T-score with a person's, a hip's and the clinic's error. */
  readonly appearance: number
  /** Seeds the hip's own shape, so that every film of it shows the same hip. */
  readonly shapeSeed: number
  readonly condition: HipCondition
}

/** WHO classes of a T-score: ≤ −2.5 osteoporosis, < −1 osteopenia. */
export const classOf = (tScore: number): DensityClass => {
  if (tScore <= -2.5) return 'osteoporosis'
  return tScore < -1 ? 'osteopenia' : 'normal'
}

/** Mean T-score by sex and decade from 50 (reproduces NHANES 2005–06 shares; Looker 2010). */
const meanByDecade: Readonly<Record<'F' | 'M', readonly number[]>> = {
  F: [-0.85, -1.1, -1.5, -1.8],
  M: [-0.35, -0.5, -0.75, -1.1],
}
const spreadOfT = 0.95
const leftRightCorrelation = 0.92
const womenShare = 0.62

/** The mix 17.4/61.6/21.0 % of the published set (statistics page, section 10) as a normal distribution. */
const hospitalT = { mean: -1.69, sd: 0.86 }

/** Total error of appearance against T; outside, each clinic adds an offset of its own (`clinicOffsetSd`). */
export const appearanceError: Readonly<Record<World, number>> = { hospital: 0.2, external: 0.3 }

/** Spread of the offset that a clinic outside adds to the appearance of its films. */
export const clinicOffsetSd = 0.15

const meanT = (age: number, sex: 'F' | 'M'): number => {
  const decade = clamp(Math.floor(age / 10) - 5, 0, 3)
  return meanByDecade[sex][decade] ?? -1
}

/** Mean and variance over the people of the hospital of what age and sex say about T. */
const explainedByAgeAndSex = (): { mean: number; variance: number } => {
  let [total, sum, squares] = [0, 0, 0]
  for (const [index, weight] of ageWeights.entries())
    for (const sex of ['F', 'M'] as const) {
      const share = weight * (sex === 'F' ? womenShare : 1 - womenShare)
      const value = meanT(ageRange.least + index, sex)
      total += share
      sum += share * value
      squares += share * value * value
    }
  const mean = sum / total
  return { mean, variance: squares / total - mean * mean }
}
const explained = explainedByAgeAndSex()
const hospitalOwnSd = Math.sqrt(hospitalT.sd * hospitalT.sd - explained.variance)

export type SamplePersonOptions = {
  readonly world: World
  readonly random: Random
  /** Shifts and narrows T so that all people together follow the published hospital mix. */
  readonly hospitalMix?: boolean
  readonly tShift?: number
  readonly ageShift?: number
  /** Offset of the clinic's films. */
  readonly clinicOffset?: number
  /** Gives some hips osteoarthritis, fractures or implants. */
  readonly withConditions?: boolean
}

const distributionOfT = (options: SamplePersonOptions, age: number, sex: 'F' | 'M') => {
  const byAgeAndSex = meanT(age, sex)
  const shift = options.tShift ?? 0
  return options.hospitalMix === true
    ? { mean: hospitalT.mean + byAgeAndSex - explained.mean + shift, sd: hospitalOwnSd }
    : { mean: byAgeAndSex + shift, sd: spreadOfT }
}

const sampleAge = (random: Random, shift: number): number => {
  let left = random()
  for (const [index, weight] of ageWeights.entries()) {
    left -= weight
    if (left < 0) return clamp(Math.round(ageRange.least + index + shift), ageRange.least, ageRange.most)
  }
  return ageRange.most
}

const reasonOf = (random: Random): FilmReason => {
  const draw = random()
  if (draw < 0.4) return 'pain'
  if (draw < 0.7) return 'trauma'
  return draw < 0.88 ? 'pre-operative' : 'other'
}

/** Draws a person of 50 to 95 with two hips. */
export const samplePerson = (options: SamplePersonOptions): SimulatedPerson => {
  const { world, random } = options
  const sex = random() < womenShare ? 'F' : 'M'
  const age = sampleAge(random, options.ageShift ?? 0)
  const { mean, sd } = distributionOfT(options, age, sex)
  const shared = normalDraw(random)
  const own = Math.sqrt(1 - leftRightCorrelation * leftRightCorrelation)
  const tScores = {
    left: mean + sd * shared,
    right: mean + sd * (leftRightCorrelation * shared + own * normalDraw(random)),
  }
  // Half of the error's variance belongs to the person, half to each hip.
  const half = appearanceError[world] * Math.SQRT1_2
  const error = half * normalDraw(random) + (options.clinicOffset ?? 0)
  const reason = reasonOf(random)
  const conditions = sampleConditions(random, reason)
  const hipOf = (side: 'left' | 'right'): SimulatedHip => ({
    tScore: tScores[side],
    appearance: tScores[side] + error + half * normalDraw(random),
    shapeSeed: Math.floor(random() * 2 ** 31),
    condition: options.withConditions === true ? conditions[side] : 'none',
  })
  return {
    age,
    sex,
    size: clamp((sex === 'F' ? 0.95 : 1.05) + 0.045 * normalDraw(random), 0.8, 1.2),
    softTissueCm: clamp(17.5 + 2.6 * normalDraw(random), 11, 27),
    shapeSeed: Math.floor(random() * 2 ** 31),
    reason,
    left: hipOf('left'),
    right: hipOf('right'),
  }
}
