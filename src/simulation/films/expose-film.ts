import type { Random } from '../clinics/seeded-random.ts'
import { exponential, logarithm, powerOf, tabulate } from './exact-maths.ts'
import type { FilmGrid } from './film-grid.ts'
import { normalDraw } from './normal-draw.ts'

/** How a clinic's equipment takes and processes films. */
export type Acquisition = {
  readonly maker: string
  readonly model: string
  readonly softwareVersion: string
  readonly detector: string
  /** Tube voltage in kV. */
  readonly kvp: number
  readonly bitsStored: number
  readonly photometric: 'MONOCHROME1' | 'MONOCHROME2'
  /** Scatter to primary, behind the grid. */
  readonly scatter: number
  /** Quanta for each pixel behind 17 cm of soft tissue. */
  readonly quanta: number
  /** Exponent of the look-up table; 1 is linear in the logarithm of the exposure. */
  readonly contrast: number
  /** Inward rotation of the leg in degrees as this site positions it; 15 is asked for. */
  readonly rotationDeg: { readonly mean: number; readonly sd: number }
  /** Too few quanta, so that bone drowns in noise; or too many, so that soft tissue turns black. */
  readonly misexposed?: 'under' | 'over'
}

/**
 * Linear attenuation in 1/cm of compact bone (1.85 g/cm³), soft tissue and steel by tube voltage. The effective energy
 * of a filtered beam is about .62 of the peak; μ/ρ at 40/50/60 keV: bone .67/.42/.32, water .27/.23/.21 cm²/g (NIST).
 */
const attenuation = (kvp: number): { bone: number; soft: number; metal: number } => {
  const steps = (kvp * 0.62 - 40) / 10
  return { bone: 1.85 * 0.67 * powerOf(0.67, steps), soft: 0.27 * powerOf(0.88, steps), metal: 9 }
}

/** Soft tissue that stands for the lead of the collimator. */
export const collimatedCm = 60

const deepest = 16
const tableSteps = 4096
/** e to the power of −a for a from 0 to `deepest`. */
const transmission = tabulate(0, deepest, tableSteps, (a) => exponential(-a))
/** Natural logarithm of 1 to 2. */
const logOfMantissa = tabulate(1, 2, tableSteps, logarithm)
const ln2 = logarithm(2)

const read = (table: Float32Array, at: number): number => {
  const index = Math.floor(at)
  const low = table[index] ?? 0
  return low + (at - index) * ((table[index + 1] ?? low) - low)
}

const transmitted = (a: number): number =>
  a >= deepest ? (transmission[tableSteps] ?? 0) : read(transmission, (a * tableSteps) / deepest)

/** Negative logarithm of an exposure between 1e-8 and 1. */
const density = (exposure: number): number => {
  let mantissa = exposure
  let halvings = 0
  for (; mantissa < 1; halvings += 1) mantissa *= 2
  return halvings * ln2 - read(logOfMantissa, (mantissa - 1) * tableSteps)
}

/** Blurs by the focal spot and the detector: one pass of 1-2-1 in each direction. */
const blur = (values: Float32Array, columns: number): Float32Array => {
  const across = new Float32Array(values.length)
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0
    across[index] = (2 * value + (values[index - 1] ?? value) + (values[index + 1] ?? value)) / 4
  }
  const out = new Float32Array(values.length)
  for (let index = 0; index < values.length; index += 1) {
    const value = across[index] ?? 0
    out[index] = (2 * value + (across[index - columns] ?? value) + (across[index + columns] ?? value)) / 4
  }
  return out
}

/** Normal numbers for the noise of films: read from random places on. */
const noiseTable = (random: Random): Float32Array =>
  Float32Array.from({ length: 16_381 }, () => normalDraw(random))

const primaryOf = (grid: FilmGrid, kvp: number): { primary: Float32Array; scatterBase: number } => {
  const mu = attenuation(kvp)
  const { bone, soft, metal } = grid
  const primary = new Float32Array(bone.length)
  let [sum, count] = [0, 0]
  for (let index = 0; index < primary.length; index += 1) {
    const thickness = soft[index] ?? 0
    primary[index] = transmitted(
      mu.bone * (bone[index] ?? 0) + mu.soft * thickness + mu.metal * (metal[index] ?? 0),
    )
    if (thickness < 4 || thickness >= collimatedCm) continue
    sum += primary[index] ?? 0
    count += 1
  }
  return { primary: blur(primary, grid.columns), scatterBase: count === 0 ? 1e-3 : sum / count }
}

/** Relative exposure behind the body: primary, scatter, quantum noise. */
const exposureOf = (grid: FilmGrid, acquisition: Acquisition, random: Random): Float32Array => {
  const { primary, scatterBase } = primaryOf(grid, acquisition.kvp)
  const scatter = acquisition.scatter * Math.min(scatterBase, 0.04)
  const noise = noiseTable(random)
  const mask = 16_383
  // The automatic exposure control ends when enough quanta have come through the body.
  const share = acquisition.misexposed === 'under' ? 0.004 : 1
  const quanta = (share * acquisition.quanta) / (Math.min(scatterBase, 0.04) + scatter)
  let state = Math.floor(random() * 2 ** 31)
  for (let index = 0; index < primary.length; index += 1) {
    // A linear congruential step is random enough to choose among normal numbers.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    const exposure = (primary[index] ?? 0) + scatter
    const drawn = noise[((state >>> 16) & mask) % noise.length] ?? 0
    primary[index] = Math.max(1e-6, exposure + drawn * Math.sqrt(exposure / quanta))
  }
  return primary
}

/** Quantiles of the exposed body: neither collimator nor bare detector sets the processing. */
const quantiles = (values: Float32Array, soft: Float32Array, shares: readonly number[]): number[] => {
  const sample: number[] = []
  for (let index = 0; index < values.length; index += 61) {
    const thickness = soft[index] ?? 0
    if (thickness < collimatedCm && thickness > 1) sample.push(values[index] ?? 0)
  }
  sample.sort((a, b) => a - b)
  return shares.map((share) => sample[Math.floor(share * (sample.length - 1))] ?? 0)
}

/** The maker's curve from a share of the range to a share of the stored values, in 1024 steps. */
const responseOf = (contrast: number): Float32Array =>
  tabulate(0, 1, 1024, (share) => powerOf(Math.min(1, share), contrast))

/**
 * Takes the film: the logarithm of the exposure, scaled between its own quantiles (automatic exposure and the
 * maker's processing), so that mean brightness carries no density.
 */
export const exposeFilm = (grid: FilmGrid, acquisition: Acquisition, random: Random): Uint16Array => {
  const exposure = exposureOf(grid, acquisition, random)
  for (let index = 0; index < exposure.length; index += 1)
    exposure[index] = density(Math.min(0.999, exposure[index] ?? 1))
  const [low = 0, high = 1] = quantiles(exposure, grid.soft, [0.04, 0.998])
  const usual = low - 0.15 * (high - low) * random()
  // Where the detector or its table clips, everything beyond is of one grey.
  const darkest = acquisition.misexposed === 'over' ? low + 0.75 * (high - low) : usual
  const brightest = acquisition.misexposed === 'under' ? low + 0.5 * (high - low) : high
  const range = Math.max(1e-3, brightest - darkest) * (1.02 + 0.12 * random())
  const top = 2 ** acquisition.bitsStored - 1
  const isInverted = acquisition.photometric === 'MONOCHROME1'
  const response = responseOf(acquisition.contrast)
  const pixels = new Uint16Array(exposure.length)
  for (let index = 0; index < pixels.length; index += 1) {
    const share = Math.min(1, Math.max(0, ((exposure[index] ?? 0) - darkest) / range))
    const value = Math.round(top * read(response, share * 1024))
    pixels[index] = isInverted ? top - value : value
  }
  return pixels
}
