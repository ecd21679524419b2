import type { Random } from './random.ts'

/** One standard normal number (Marsaglia's polar method). */
export const drawNormal = (random: Random): number => {
  for (;;) {
    const u = 2 * random() - 1
    const v = 2 * random() - 1
    const s = u * u + v * v
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s)
  }
}

/** One gamma number with the given shape > 0 and scale 1 (Marsaglia & Tsang 2000). */
export const drawGamma = (random: Random, shape: number): number => {
  if (shape < 1) return drawGamma(random, shape + 1) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** One χ² number with `df` > 0 degrees of freedom. */
export const drawChiSquare = (random: Random, df: number): number => 2 * drawGamma(random, df / 2)

const stirlingTails = [
  0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
  0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871,
]

const stirlingTail = (k: number): number => {
  const known = stirlingTails[k]
  if (known !== undefined) return known
  const square = (k + 1) * (k + 1)
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
}

const drawByInversion = (random: Random, trials: number, chance: number): number => {
  const odds = chance / (1 - chance)
  let mass = (1 - chance) ** trials
  let rest = random()
  for (let k = 0; k < trials; k += 1) {
    if (rest < mass) return k
    rest -= mass
    mass *= (odds * (trials - k)) / (k + 1)
  }
  return trials
}

/** Hörmann's BTRS (1993): transformed rejection with squeeze, for trials · chance ≥ 10 and chance ≤ 1/2. */
const drawByRejection = (random: Random, n: number, p: number): number => {
  const spread = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * spread
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const squeeze = 0.92 - 4.2 / b
  const odds = p / (1 - p)
  const m = Math.floor((n + 1) * p)
  for (;;) {
    const u = random() - 0.5
    const v = 1 - random()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5)
    if (us >= 0.07 && v <= squeeze) return k
    if (k < 0 || k > n) continue
    const height = Math.log((v * (2.83 + 5.1 / b) * spread) / (a / (us * us) + b))
    const bound =
      (m + 0.5) * Math.log((m + 1) / (odds * (n - m + 1))) +
      (n + 1) * Math.log((n - m + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      (stirlingTail(m) + stirlingTail(n - m) - stirlingTail(k) - stirlingTail(n - k))
    if (height <= bound) return k
  }
}

/** Successes in `trials` of the given chance (chance is clipped to [0, 1]). */
export const drawBinomial = (random: Random, trials: number, chance: number): number => {
  if (trials <= 0 || !(chance > 0)) return 0
  if (chance >= 1) return trials
  if (chance > 0.5) return trials - drawBinomial(random, trials, 1 - chance)
  return trials * chance < 10
    ? drawByInversion(random, trials, chance)
    : drawByRejection(random, trials, chance)
}

/** Fills `into` with a multinomial draw of `trials` over `weights` (any positive sum; conditional binomials). */
export const drawMultinomial = (
  random: Random,
  trials: number,
  weights: ArrayLike<number>,
  into: Float64Array,
): Float64Array => {
  let mass = 0
  for (let i = 0; i < weights.length; i += 1) mass += weights[i] ?? 0
  let left = trials
  const last = weights.length - 1
  for (let i = 0; i <= last; i += 1) {
    const weight = weights[i] ?? 0
    const taken = i === last ? left : drawBinomial(random, left, mass > 0 ? weight / mass : 0)
    into[i] = taken
    left -= taken
    mass -= weight
  }
  return into
}

/** One index drawn with chance proportional to its weight. */
export const drawIndex = (random: Random, weights: ArrayLike<number>): number => {
  let mass = 0
  for (let i = 0; i < weights.length; i += 1) mass += weights[i] ?? 0
  let rest = random() * mass
  for (let i = 0; i < weights.length - 1; i += 1) {
    rest -= weights[i] ?? 0
    if (rest < 0) return i
  }
  return weights.length - 1
}
