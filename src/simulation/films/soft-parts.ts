import type { Random } from '../clinics/seeded-random.ts'
import type { Body } from './body-outline.ts'
import { addRidge } from './bone-plates.ts'
import { cosine, sine } from './exact-maths.ts'
import { boundsOf, type FilmGrid, type Point, visitRows } from './film-grid.ts'
import { normalDraw } from './normal-draw.ts'
import { createSmoothNoise } from './smooth-noise.ts'

type Placed = { readonly grid: FilmGrid; readonly body: Body; readonly random: Random }

const at = ({ middle, size }: Body, x: number, y: number): Point => ({
  x: middle.x + x * size,
  y: middle.y + y * size,
})

/** Adds soft tissue in an ellipse, or takes some away where `amount` is below 0; `rough` makes it uneven inside. */
const addBlob = (
  grid: FilmGrid,
  middle: Point,
  [wide, tall]: readonly [number, number],
  amount: number,
  rough: (x: number, y: number) => number = () => 1,
): void => {
  const bounds = boundsOf([middle], Math.max(wide, tall))
  visitRows(grid, bounds, (start, end, firstX, y) => {
    let x = firstX
    const v = (y - middle.y) / tall
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const u = (x - middle.x) / wide
      const left = 1 - u * u - v * v
      if (left <= 0) continue
      const old = grid.soft[index] ?? 0
      grid.soft[index] = Math.max(Math.min(old, 0.3), old + amount * Math.min(1, 2.2 * left) * rough(x, y))
    }
  })
}

/** Loops of bowel: chains of gas, and stool, which is gas in a thousand bubbles. */
const addBowel = ({ grid, body, random }: Placed): void => {
  const noise = createSmoothNoise(random)
  const loops = Math.floor(9 * random())
  for (let loop = 0; loop < loops; loop += 1) {
    let [x, y] = [5 * normalDraw(random), -3 - 14 * random()]
    let turn = 6.28 * random()
    const depth = -(0.8 + 3.4 * random())
    const isStool = random() < 0.4
    const radius = 0.7 + 1.3 * random()
    const cells = 2 + 5 * random()
    const stool = (px: number, py: number): number => 0.55 + 0.9 * noise(px * cells, py * cells)
    for (let part = 0; part < 2 + 5 * random(); part += 1) {
      const radii = [radius * (0.7 + 0.6 * random()), radius * (0.7 + 0.6 * random())] as const
      addBlob(grid, at(body, x, y), radii, depth, isStool ? stool : undefined)
      turn += 0.8 * normalDraw(random)
      x += radius * cosine(turn)
      y += radius * sine(turn)
    }
  }
  if (random() < 0.5)
    addBlob(
      grid,
      at(body, 0.6 * normalDraw(random), -2 - 3 * random()),
      [1 + random(), 1.2 + 1.5 * random()],
      -1 - 3 * random(),
    )
  if (random() < 0.35) addBlob(grid, at(body, 0, 0.4), [3 + random(), 2.4 + random()], 1 + 1.5 * random())
}

/** Fat between muscles, skin folds of groin and buttock, and what lies between the thighs. */
const addPlanes = ({ grid, body, random }: Placed): void => {
  for (const side of [-1, 1]) {
    for (let plane = 0; plane < 3; plane += 1) {
      const [x, y] = [side * (9 + 4 * random()), -4 + 5 * random()]
      const points = [
        at(body, x, y),
        at(body, x + side * (1 + random()), y + 4),
        at(body, x + side * random(), y + 11),
      ]
      addRidge(grid, points, 0.15 + 0.35 * random(), -(0.3 + 1.2 * random()), 'soft')
    }
    if (random() < 0.5) {
      const y = 3 + 6 * random()
      const fold = [
        at(body, side * (3 + 3 * random()), y + 3),
        at(body, side * 9, y + 1.5 * random()),
        at(body, side * 15, y - 3 * random()),
      ]
      addRidge(grid, fold, 0.2 + 0.5 * random(), (random() < 0.7 ? 1 : -1) * (0.4 + 1.6 * random()), 'soft')
    }
  }
  if (random() < 0.45)
    addBlob(
      grid,
      at(body, 0.8 * normalDraw(random), 8 + 2 * random()),
      [2 + 1.6 * random(), 2.4 + 2.5 * random()],
      1.5 + 3.5 * random(),
    )
  if (random() < 0.3) {
    const y = -6 - 6 * random()
    const belly = [at(body, -16, y - 2), at(body, 0, y + 2 + 2 * random()), at(body, 16, y - 2)]
    addRidge(grid, belly, 0.4 + 1.5 * random(), 1 + 2 * random(), 'soft')
  }
}

/** Calcified veins and arteries, waistbands, seams and buttons. */
const addSmallThings = ({ grid, body, random }: Placed): void => {
  const stones = random() < 0.35 ? Math.floor(5 * random()) : 0
  for (let stone = 0; stone < stones; stone += 1) {
    const point = at(body, 4 * normalDraw(random), 1 + 2 * normalDraw(random))
    addRidge(grid, [point, point], 0.1 + 0.12 * random(), 0.5)
  }
  if (random() < 0.2)
    for (const side of [-1, 1]) {
      const x = side * (6 + random())
      const vessel = [0, 1, 2, 3, 4, 5].map((step) =>
        at(body, x + side * 0.3 * step + 0.4 * normalDraw(random), -3 + 2.6 * step),
      )
      addRidge(grid, vessel, 0.1, 0.15 + 0.3 * random())
    }
  if (random() < 0.15) {
    const y = -8 - 4 * random()
    addRidge(
      grid,
      [at(body, -17, y), at(body, 0, y + 0.7 * normalDraw(random)), at(body, 17, y)],
      0.2 + 0.4 * random(),
      0.5 + random(),
      'soft',
    )
  }
}

/** Unevenness of muscle and fat from millimetres to centimetres. */
const addMottle = ({ grid, random }: Placed): void => {
  const [coarse, fine] = [createSmoothNoise(random), createSmoothNoise(random)]
  const [most, least] = [0.06 * random(), 0.025 * random()]
  const [wide, narrow] = [0.25 + 0.6 * random(), 1.5 + 3 * random()]
  const bounds = { left: 0, top: 0, right: grid.columns * grid.pixelCm, bottom: grid.rows * grid.pixelCm }
  visitRows(grid, bounds, (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const soft = grid.soft[index] ?? 0
      if (soft > 0)
        grid.soft[index] =
          soft * (1 + most * coarse(x * wide, y * wide) + least * fine(x * narrow, y * narrow))
    }
  })
}

/** Draws what lies in and around a pelvis beside its bones: bowel, fat planes, folds, calcifications, clothing. */
export const addSoftParts = (grid: FilmGrid, body: Body, random: Random): void => {
  const placed = { grid, body, random }
  addBowel(placed)
  addPlanes(placed)
  addSmallThings(placed)
  addMottle(placed)
}
