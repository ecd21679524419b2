import type { Random } from '../clinics/seeded-random.ts'
import { cosine, logarithm, pi } from './exact-maths.ts'

/** A standard normal number (Box & Muller 1958), the same on every machine. */
export const normalDraw = (random: Random): number =>
  Math.sqrt(-2 * logarithm(1 - random())) * cosine(2 * pi * random())

/** Keeps a number in [low, high]. */
export const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value))
