import type { Random } from '../clinics/seeded-random.ts'
import type { ThicknessMap } from './bone-shapes.ts'
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
}

/** Linear attenuation in 1/cm of compact bone (1.85 g/cm³) and soft tissue, by tube voltage. */
const attenuation = (kvp: number): { bone: number; soft: number } => {
  // Effective energy of a filtered beam is about .62 of the peak: μ/ρ of bone .67/.42/.32, water .27/.23/.21 at 40/50/60 keV.
  const share = (kvp * 0.62 - 40) / 10
  return { bone: 1.85 * 0.67 * 0.67 ** share, soft: 0.27 * 0.88 ** share }
}

/** Soft tissue that stands for the lead of the collimator. */
export const collimatedCm = 60

const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Blurs by the focal spot and the detector: one pass of 1-2-1 in each direction. */
const blur = (values: Float32Array, rows: number, columns: number): Float32Array => {
  const across = new Float32Array(values.length)
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0
    across[index] = (2 * value + (values[index - 1] ?? value) + (values[index + 1] ?? value)) / 4
  }
  const out = new Float32Array(values.length)
  for (let index = 0; index < rows * columns; index += 1) {
    const value = across[index] ?? 0
    out[index] = (2 * value + (across[index - columns] ?? value) + (across[index + columns] ?? value)) / 4
  }
  return out
}

/** Normal numbers for the noise of a film: drawn once and read from a random place on. */
const noiseTable = (random: Random): Float32Array =>
  Float32Array.from({ length: 8191 }, () => normalDraw(random))

/** Relative exposure behind the body: primary, scatter, quantum noise. */
const exposureOf = (
  map: ThicknessMap,
  softCm: Float32Array,
  acquisition: Acquisition,
  random: Random,
): Float32Array => {
  const mu = attenuation(acquisition.kvp)
  const primary = new Float32Array(map.bone.length)
  for (let index = 0; index < primary.length; index += 1)
    primary[index] = Math.exp(-mu.bone * (map.bone[index] ?? 0) - mu.soft * (softCm[index] ?? 0))
  const blurred = blur(primary, map.rows, map.columns)
  const scatter = acquisition.scatter * Math.min(meanOf(primary), 0.06)
  const noise = noiseTable(random)
  // The automatic exposure control ends when enough quanta have come through the body.
  const quanta = acquisition.quanta / (Math.exp(-mu.soft * 17) + scatter)
  let at = Math.floor(random() * noise.length)
  for (let index = 0; index < blurred.length; index += 1) {
    at = (at * 5 + 1 + (index & 7)) % noise.length
    const exposure = (blurred[index] ?? 0) + scatter
    blurred[index] = Math.max(1e-6, exposure + (noise[at] ?? 0) * Math.sqrt(exposure / quanta))
  }
  return blurred
}

/** Quantiles of the exposed field: what is collimated away must not set the exposure. */
const quantiles = (values: Float32Array, softCm: Float32Array, shares: readonly number[]): number[] => {
  const sample: number[] = []
  for (let index = 0; index < values.length; index += 61)
    if ((softCm[index] ?? 0) < collimatedCm) sample.push(values[index] ?? 0)
  sample.sort((a, b) => a - b)
  return shares.map((share) => sample[Math.floor(share * (sample.length - 1))] ?? 0)
}

/**
 * Takes the film: the logarithm of the exposure, scaled between its own quantiles (automatic exposure and the
 * maker's processing), so that mean brightness carries no density.
 */
export const exposeFilm = (
  map: ThicknessMap,
  softCm: Float32Array,
  acquisition: Acquisition,
  random: Random,
): Uint16Array => {
  const exposure = exposureOf(map, softCm, acquisition, random)
  for (let index = 0; index < exposure.length; index += 1) exposure[index] = -Math.log(exposure[index] ?? 1)
  const [low = 0, high = 1] = quantiles(exposure, softCm, [0.03, 0.995])
  const top = 2 ** acquisition.bitsStored - 1
  const inverted = acquisition.photometric === 'MONOCHROME1'
  const pixels = new Uint16Array(exposure.length)
  for (let index = 0; index < pixels.length; index += 1) {
    const share = Math.min(1, Math.max(0, ((exposure[index] ?? 0) - low) / (high - low) / 1.1))
    const value = Math.round(top * share ** acquisition.contrast)
    pixels[index] = inverted ? top - value : value
  }
  return pixels
}
