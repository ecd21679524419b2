import type { Random } from '../clinics/seeded-random.ts'
import { addRidge, type Corner } from './bone-plates.ts'
import { cosine, sine } from './exact-maths.ts'
import type { FilmGrid, Point } from './film-grid.ts'
import { normalDraw } from './normal-draw.ts'

/** Corners moved apart from each other by the person's own proportions. */
export const shaped = (corners: readonly Corner[], random: Random, by: number): Corner[] =>
  corners.map(([x, y, rim]) => [
    x + by * normalDraw(random),
    y + by * normalDraw(random),
    rim * (0.6 + 0.8 * random()),
  ])

/** Points of an arc in a hip's own directions, from one angle to another; 0 points outwards, π / 2 downwards. */
export const arc = (middle: Point, radius: number, from: number, to: number): Point[] =>
  Array.from({ length: 9 }, (_, at) => {
    const angle = from + ((to - from) * at) / 8
    return { x: middle.x + radius * cosine(angle), y: middle.y + radius * sine(angle) }
  })

/** Where parts of a pelvis are drawn, and how they get there. */
export type Placed = {
  readonly grid: FilmGrid
  readonly place: (point: Point) => Point
  readonly size: number
}

/** Adds a ridge in a placed part's own centimetres. */
export const ridge = (
  { grid, place, size }: Placed,
  points: readonly Point[],
  width: number,
  amount: number,
): void => addRidge(grid, points.map(place), width * size, amount * size)
