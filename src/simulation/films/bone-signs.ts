import type { Random } from '../clinics/seeded-random.ts'
import { logistic } from './exact-maths.ts'
import { clamp, normalDraw } from './normal-draw.ts'

/**
 * The signs of density that one hip shows. The shares of compact bone are of the bone's width there.
 * Each follows the appearance with an error of its own, so that none tells T well; the errors of all cancel in
 * their weighted sum, so that together they tell the appearance and nothing beyond it.
 */
export type BoneSigns = {
  /** Both cortices 10 cm below the lesser trochanter over the outer width: the cortical index. */
  readonly corticalIndex: number
  /** The marrow canal over the outer width 2.5 cm below the lesser trochanter: the canal-to-bone ratio. */
  readonly canalRatio: number
  /** Centimetres of the inferior cortex of the neck (calcar). */
  readonly calcarCm: number
  /** Centimetres of the thin shells of head, trochanters and superior neck. */
  readonly shellCm: number
  /** Share of compact bone inside head, neck and trochanters without the trabecular groups. */
  readonly headFill: number
  readonly neckFill: number
  readonly trochanterFill: number
  /** Strength of the trabecular groups, 0 to about 1, in the order in which they outlast loss of bone. */
  readonly compressive: number
  readonly tensile: number
  readonly secondary: number
  /** How far the inner side of the cortex is eaten away, 0 to 1. */
  readonly resorption: number
}

/**
 * Error of each sign in T-scores, before the errors are made to cancel. The first two give correlations with T of
 * about .58 and −.63 in the hospital world, which reports of the cortical index and the canal-to-bone ratio give.
 */
const errors = {
  corticalIndex: 1.22,
  canalRatio: 1.08,
  calcarCm: 0.9,
  shellCm: 0.9,
  headFill: 0.75,
  neckFill: 0.65,
  trochanterFill: 0.65,
  compressive: 0.75,
  tensile: 0.65,
  secondary: 0.75,
  resorption: 0.9,
} as const
type Sign = keyof typeof errors
const signs: readonly Sign[] = [
  'corticalIndex',
  'canalRatio',
  'calcarCm',
  'shellCm',
  'headFill',
  'neckFill',
  'trochanterFill',
  'compressive',
  'tensile',
  'secondary',
  'resorption',
]

/** Errors of the signs whose sum, weighted by precision, is nought. */
const drawErrors = (random: Random): Record<Sign, number> => {
  const drawn: Record<Sign, number> = { ...errors }
  let [sum, weights] = [0, 0]
  for (const sign of signs) {
    drawn[sign] = errors[sign] * normalDraw(random)
    const weight = 1 / (errors[sign] * errors[sign])
    sum += weight * drawn[sign]
    weights += weight
  }
  for (const sign of signs) drawn[sign] -= sum / weights
  return drawn
}

/** Strength of a trabecular group that is half gone at the appearance `gone`. */
const fading = (seen: number, gone: number): number => logistic((seen - gone) / 0.85)

/** What a hip of this appearance (in T-scores) shows; Singh 1970 for the order in which the groups fade. */
export const signsOf = (appearance: number, random: Random): BoneSigns => {
  const error = drawErrors(random)
  const seen = (sign: Sign): number => appearance + error[sign]
  const scaled = (sign: Sign, perT: number): number => Math.max(0.25, 1 + perT * (seen(sign) + 1))
  return {
    corticalIndex: clamp(0.5 + 0.05 * (seen('corticalIndex') + 1), 0.12, 0.75),
    canalRatio: clamp(0.56 - 0.05 * (seen('canalRatio') + 1), 0.3, 0.88),
    calcarCm: clamp(0.33 + 0.06 * (seen('calcarCm') + 1), 0.08, 0.7),
    shellCm: 0.1 * scaled('shellCm', 0.17),
    headFill: 0.19 * scaled('headFill', 0.15),
    neckFill: 0.12 * scaled('neckFill', 0.17),
    trochanterFill: 0.115 * scaled('trochanterFill', 0.18),
    compressive: fading(seen('compressive'), -3.6),
    tensile: fading(seen('tensile'), -2.6),
    secondary: fading(seen('secondary'), -1.8),
    resorption: fading(-seen('resorption'), 2.8),
  }
}
