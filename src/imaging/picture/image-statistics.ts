import type { FilmStatistics } from '../../contracts/verdict.ts'
import { type GreyFilm, greyAt } from './grey-film.ts'
import { histogramOf, lookUpHistogramOf, percentileOf } from './percentiles.ts'

/** Below this share of the range a value is unexposed or collimated away. */
const unexposedBelow = 0.02

/** Median absolute difference of neighbours: noise, for structure moves few of them (as in Donoho 1995). */
const noiseOf = (film: GreyFilm): number => {
  const differences = new Uint16Array(Math.ceil(film.words.length / 8))
  for (let index = 0; index < differences.length; index += 1) {
    const at = index * 8
    const next = Math.min(at + 1, film.words.length - 1)
    differences[index] = Math.abs(greyAt(film, at) - greyAt(film, next))
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
  const histogram = lookUpHistogramOf(film.words, film.greys)
  const total = film.words.length
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
