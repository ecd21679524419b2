import { type Random, randomFor } from '../clinics/seeded-random.ts'
import { addPlate, type Corner, thinAlong } from './bone-plates.ts'
import type { PelvisBuild } from './draw-pelvis.ts'
import { pi } from './exact-maths.ts'
import type { FilmGrid, Point } from './film-grid.ts'
import { normalDraw } from './normal-draw.ts'
import { arc, type Placed, ridge, shaped } from './placed-parts.ts'
import { createSmoothNoise } from './smooth-noise.ts'

/** From the front, with the midline at x = 0 and the hip joints at y = 0. */
const sacrum: readonly Corner[] = [
  [-5.2, -11.8, 0.3],
  [-2.6, -12.6, 0.4],
  [2.6, -12.6, 0.4],
  [5.2, -11.8, 0.3],
  [4.6, -8.6, 0.25],
  [2.9, -5.6, 0.25],
  [1.2, -3.2, 0.25],
  [0.5, -1.6, 0.2],
  [-0.5, -1.6, 0.2],
  [-1.2, -3.2, 0.25],
  [-2.9, -5.6, 0.25],
  [-4.6, -8.6, 0.25],
]

/** A vertebra from the front: end plates, waist, pedicles, spinous and transverse processes. */
const addVertebra = ({ grid, place, size }: Placed, y: number, random: Random): void => {
  const wide = 2.5 + 0.3 * random()
  const [top, bottom] = [y - 1.45 - 0.2 * random(), y + 1.45]
  const noise = createSmoothNoise(random)
  const within = (px: number, py: number): number => 0.9 * (1 + 0.35 * noise(px * 2.5, py * 2.5))
  const corners: Corner[] = [
    [-wide, top, 0.5],
    [wide, top, 0.3],
    [wide * 0.88, y, 0.3],
    [wide, bottom, 0.5],
    [-wide, bottom, 0.3],
    [-wide * 0.88, y, 0.3],
  ]
  addPlate(grid, { corners, seam: 0.2, within }, place, size)
  const all = { grid, place, size }
  ridge(
    all,
    [
      { x: 0, y: y + 0.3 },
      { x: 0.1 * normalDraw(random), y: y + 1.7 },
    ],
    0.35,
    0.6,
  )
  for (const side of [-1, 1]) {
    ridge(all, arc({ x: side * 1.5, y: y - 0.3 }, 0.55, 0, 6.28), 0.12, 0.45)
    const tip = { x: side * (4.4 + random()), y: y - 0.4 + 0.5 * normalDraw(random) }
    ridge(all, [{ x: side * 2.2, y: y - 0.2 }, tip], 0.45, 0.25 + 0.25 * random())
    ridge(
      all,
      [
        { x: side * 1.4, y: y + 1 },
        { x: side * 1.6, y: y + 2.2 },
      ],
      0.4,
      0.3,
    )
  }
}

/** Draws sacrum, coccyx and the vertebrae above, and the joints to both ilia. */
export const drawWholeSpine = (grid: FilmGrid, build: PelvisBuild, middle: Point, size: number): void => {
  const random = randomFor(build.shapeSeed, 'whole spine')
  const [tall, wide] = [1 + 0.1 * normalDraw(random), 1 + 0.06 * normalDraw(random)]
  const lean = 0.02 * normalDraw(random)
  const place = ({ x, y }: Point): Point => ({
    x: middle.x + (x * wide - lean * y) * size,
    y: middle.y + y * tall * size,
  })
  const placed = { grid, place, size }
  const noise = createSmoothNoise(random)
  const within = (x: number, y: number): number => 0.85 * (1 + 0.4 * noise(x * 1.5, y * 1.5))
  addPlate(grid, { corners: shaped(sacrum, random, 0.2), seam: 0.25, within }, place, size)
  for (const side of [-1, 1]) {
    for (let hole = 0; hole < 4; hole += 1) {
      const at = { x: side * (2.2 - 0.25 * hole), y: -10.4 + 1.75 * hole }
      const upper = arc(at, 0.6, pi, 2 * pi)
      thinAlong(grid, [place(at), place({ x: at.x + side * 0.3, y: at.y + 0.2 })], 0.45 * size, 0.45)
      ridge(placed, upper, 0.12, 0.35 + 0.3 * random())
    }
    const joint = [
      { x: side * 4.6, y: -11.6 },
      { x: side * 5, y: -9.4 },
      { x: side * 4.1, y: -6.6 },
    ]
    thinAlong(grid, joint.map(place), 0.16 * size, 0.35)
    ridge(
      placed,
      joint.map(({ x, y }) => ({ x: x + side * 0.35, y })),
      0.2,
      0.3 + 0.4 * random(),
    )
  }
  ridge(
    placed,
    [
      { x: 0, y: -12 },
      { x: 0, y: -6.5 },
    ],
    0.25,
    0.3 + 0.3 * random(),
  )
  ridge(
    placed,
    [
      { x: 0, y: -1.8 },
      { x: 0.3 * normalDraw(random), y: 0.4 },
    ],
    0.4,
    0.25,
  )
  for (let level = 0; level < 4; level += 1) addVertebra(placed, -14.4 - 3.75 * level, random)
}
