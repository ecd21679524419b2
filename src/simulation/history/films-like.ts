import { below, type Random } from '../clinics/seeded-random.ts'
import { type ImagingCondition, imagingConditions } from './history-film.ts'
import type { LibraryFilm } from './reading-library.ts'

/** What a film must be like: the T-score of the hip, age and sex of the person. */
export type Likeness = { readonly tScore: number; readonly age: number; readonly sex: 'F' | 'M' }

/** Films near in T-score that are looked at, and the nearest of all of which one is drawn. */
const lookedAt = 60
const drawnFrom = 8

/** How unlike two people are: a tenth of T weighs as much as eight years, or as the other sex. */
const distance = (film: LibraryFilm, wanted: Likeness): number =>
  ((film.tScore - wanted.tScore) / 0.1) ** 2 +
  ((film.age - wanted.age) / 8) ** 2 +
  (film.sex === wanted.sex ? 0 : 1)

const firstNotBelow = (films: readonly LibraryFilm[], tScore: number): number => {
  let [low, high] = [0, films.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((films[middle]?.tScore ?? 0) < tScore) low = middle + 1
    else high = middle
  }
  return low
}

/** Draws films by likeness; what was read of them plays no part in which is drawn. */
export const createFilmsLike = (films: readonly LibraryFilm[]) => {
  const byCondition = new Map(
    imagingConditions.map((condition) => [
      condition,
      films.filter((film) => film.condition === condition).toSorted((a, b) => a.tScore - b.tScore),
    ]),
  )
  return (condition: ImagingCondition, wanted: Likeness, random: Random): LibraryFilm => {
    const sorted = byCondition.get(condition) ?? []
    const from = Math.max(
      0,
      Math.min(sorted.length - lookedAt, firstNotBelow(sorted, wanted.tScore) - lookedAt / 2),
    )
    const near = sorted
      .slice(from, from + lookedAt)
      .map((film) => ({ film, unlike: distance(film, wanted) }))
      .toSorted((a, b) => a.unlike - b.unlike || a.film.index - b.film.index)
      .slice(0, drawnFrom)
    const drawn = near[below(random, near.length)]
    if (drawn === undefined) throw new Error(`the library has no film taken as ${condition}`)
    return drawn.film
  }
}
export type FilmsLike = ReturnType<typeof createFilmsLike>
