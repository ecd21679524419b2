import { type GreyFilm, greyFilmOf } from '../../../src/imaging/picture/grey-film.ts'
import type { Point } from '../../../src/simulation/films/film-grid.ts'
import type { HipTruth } from '../../../src/simulation/films/render-film.ts'
import { greysOf } from '../../support/greys.ts'

const distanceTo = (at: Point, from: Point, to: Point): number => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const along = ((at.x - from.x) * dx + (at.y - from.y) * dy) / Math.max(1e-9, dx * dx + dy * dy)
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(at.x - from.x - t * dx, at.y - from.y - t * dy)
}

/** Whether a point lies on the femur or within a few millimetres of it. */
const femurAt = ({ landmarks }: HipTruth): ((at: Point) => boolean) => {
  const { head, headRadius, neck, greaterTrochanter, lesserTrochanter, shaft } = landmarks
  const middle = {
    x: (greaterTrochanter.x + lesserTrochanter.x) / 2,
    y: (greaterTrochanter.y + lesserTrochanter.y) / 2,
  }
  const far = { x: shaft.x + 9 * (shaft.x - middle.x), y: shaft.y + 9 * (shaft.y - middle.y) }
  const parts: readonly (readonly [Point, Point, number])[] = [
    [head, neck, 1.25],
    [neck, middle, 1.25],
    [greaterTrochanter, lesserTrochanter, 0.9],
    [middle, shaft, 1],
    [shaft, far, 0.95],
  ]
  return (at) => parts.some(([from, to, radii]) => distanceTo(at, from, to) < radii * headRadius)
}

/** The film with the femur painted in the mean grey of all the rest. */
export const maskFemur = (film: GreyFilm, hip: HipTruth): GreyFilm => {
  const isFemur = femurAt(hip)
  const masked = greysOf(film)
  const hidden: number[] = []
  let sum = 0
  for (let index = 0; index < masked.length; index += 1) {
    const at = { x: (index % film.columns) + 0.5, y: Math.floor(index / film.columns) + 0.5 }
    if (isFemur(at)) hidden.push(index)
    else sum += masked[index] ?? 0
  }
  const grey = sum / Math.max(1, masked.length - hidden.length)
  for (const index of hidden) masked[index] = grey
  return greyFilmOf(film.rows, film.columns, masked)
}
