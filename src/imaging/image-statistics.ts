import type { FilmStatistics } from '../contracts/verdict.ts'
import type { GreyFilm } from './grey-film.ts'
import { histogramOf, percentileOf } from './percentiles.ts'

/** Below this share of the range a value is unexposed or collimated away. */
const unexposedBelow = 0.02

/** Median absolute difference of neighbours: noise, for structure moves few of them (as in Donoho 1995). */
const noiseOf = (film: GreyFilm): number => {
  const differences = new Uint16Array(Math.ceil(film.pixels.length / 8))
  for (let index = 0; index < differences.length; index += 1) {
    const at = index * 8
    differences[index] = Math.abs((film.pixels[at] ?? 0) - (film.pixels[at + 1] ?? film.pixels[at] ?? 0))
  }
  return percentileOf(histogramOf(differences), differences.length, 0.5) / 0.954
}

const entropyOf = (histogram: Uint32Array, total: number): number => {
  let bits = 0
  for (const count of histogram) if (count > 0) bits -= (count / total) * Math.log2(count / total)
  return bits
}

/** Measures of the film itself on the 16-bit grey scale, which a change of the population must not move. */
export const imageStatistics = (film: GreyFilm): FilmStatistics => {
  const histogram = histogramOf(film.pixels)
  const total = film.pixels.length
  let unexposed = 0
  for (let bucket = 0; bucket < unexposedBelow * histogram.length; bucket += 1)
    unexposed += histogram[bucket] ?? 0
  return {
    softTissueLevel: percentileOf(histogram, total, 0.4),
    backgroundLevel: percentileOf(histogram, total, 0.02),
    noise: noiseOf(film),
    entropy: entropyOf(histogram, total),
    exposedShare: 1 - unexposed / total,
  }
}

/** Mean and percentiles of a film's grey (0–65535). */
export type GreyLevels = {
  readonly mean: number
  /** Grey below which 1, 5, 25, 50, 75, 95 and 99 percent of the pixels lie, to 1/4096 of the range. */
  readonly percentiles: readonly number[]
}

const levelShares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

/** The distribution of a film's grey, for comparing makers and exposures. */
export const greyLevels = (film: GreyFilm): GreyLevels => {
  const { pixels } = film
  const histogram = histogramOf(pixels)
  let sum = 0
  for (let index = 0; index < pixels.length; index += 1) sum += pixels[index] ?? 0
  return {
    mean: pixels.length === 0 ? 0 : sum / pixels.length,
    percentiles: levelShares.map((share) => percentileOf(histogram, pixels.length, share)),
  }
}
