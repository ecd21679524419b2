import type { DensityClass } from '../../contracts/verdict.ts'
import type { Random } from '../clinics/seeded-random.ts'
import { clamp, normalDraw } from './normal-draw.ts'

/** Where films come from: the hospital whose films the packages learn from, or clinics outside. */
export type World = 'hospital' | 'external'

/** A person as the simulator knows them. */
export type SimulatedPerson = {
  readonly age: number
  readonly sex: 'F' | 'M'
  /** About 1; scales bones and soft tissue. */
  readonly size: number
  /** Centimetres of soft tissue in front of and behind the hip. */
  readonly softTissueCm: number
  readonly left: SimulatedHip
  readonly right: SimulatedHip
}

/** One hip: its bone density, and how it looks on a film. */
export type SimulatedHip = {
  /** Femoral-neck T-score on the white-female NHANES III reference: (BMD − .858)/.120 g/cm² (Looker 1998). */
  readonly tScore: number
  /** What the film can show: the T-score with a person's and a hip's error. */
  readonly appearance: number
  /** Seeds the hip's own shape, so that every film of it shows the same hip. */
  readonly shapeSeed: number
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

/** Total error of appearance against T: .20 in the hospital, .30 outside (each clinic adds an offset of its own). */
const errorOf: Readonly<Record<World, number>> = { hospital: 0.2, external: 0.3 }

const meanT = (age: number, sex: 'F' | 'M'): number => {
  const decade = clamp(Math.floor(age / 10) - 5, 0, 3)
  return meanByDecade[sex][decade] ?? -1
}

export type SamplePersonOptions = {
  readonly world: World
  readonly random: Random
  /** Draws T from N(−1.69, .86), the mix 17.4/61.6/21.0 of the published hospital set, instead of by age and sex. */
  readonly hospitalMix?: boolean
  readonly tShift?: number
  readonly ageShift?: number
  /** Offset of the clinic's films, sd .15 outside the hospital. */
  readonly clinicOffset?: number
}

const hipOf = (options: SamplePersonOptions, tScore: number, personError: number): SimulatedHip => {
  const sd = errorOf[options.world] * Math.SQRT1_2
  const hipError = sd * normalDraw(options.random)
  return {
    tScore,
    appearance: tScore + personError + hipError + (options.clinicOffset ?? 0),
    shapeSeed: Math.floor(options.random() * 2 ** 31),
  }
}

/** Draws a person of 50 to 95 with two hips. */
export const samplePerson = (options: SamplePersonOptions): SimulatedPerson => {
  const { world, random, tShift = 0, ageShift = 0 } = options
  const sex = random() < 0.62 ? 'F' : 'M'
  const age = Math.round(clamp(68 + ageShift + 10 * normalDraw(random), 50, 95))
  const [mean, sd] = options.hospitalMix === true ? [-1.69, 0.86] : [meanT(age, sex) + tShift, spreadOfT]
  const shared = normalDraw(random)
  const own = Math.sqrt(1 - leftRightCorrelation ** 2)
  const left = mean + sd * shared
  const right = mean + sd * (leftRightCorrelation * shared + own * normalDraw(random))
  const personError = errorOf[world] * Math.SQRT1_2 * normalDraw(random)
  const size = clamp((sex === 'F' ? 0.95 : 1.05) + 0.05 * normalDraw(random), 0.8, 1.2)
  return {
    age,
    sex,
    size,
    softTissueCm: clamp(17 + 3 * normalDraw(random), 10, 28),
    left: hipOf(options, left, personError),
    right: hipOf(options, right, personError),
  }
}
