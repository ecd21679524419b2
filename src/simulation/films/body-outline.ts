import type { Random } from '../clinics/seeded-random.ts'
import { type FilmGrid, type Point, visitRows } from './film-grid.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import { createSmoothNoise } from './smooth-noise.ts'

/** Where a body lies on a film. */
export type Body = {
  /** Midline at the height of the hip joints, in centimetres. */
  readonly middle: Point
  /** Centimetres of soft tissue at the hips. */
  readonly thicknessCm: number
  /** About 1; scales the skeleton. */
  readonly size: number
  /** Leaves out the thighs, which then are added where they lie. */
  readonly withoutThighs?: boolean
}

/** Half depth of a round limb or trunk at a distance from its axis, as a share of the depth in its middle. */
const roundness = (distance: number, radius: number): number => {
  const share = distance / radius
  const left = 1 - share * share
  return left <= 0 ? 0 : Math.sqrt(left)
}

/** A round shade of gas in the bowel. */
type Gas = { readonly x: number; readonly y: number; readonly radius: number; readonly amount: number }

const gasIn = (body: Body, random: Random): Gas[] =>
  Array.from({ length: Math.floor(6 * random()) }, () => ({
    x: body.middle.x + 4 * body.size * normalDraw(random),
    y: body.middle.y - (3 + 9 * random()) * body.size,
    radius: 0.8 + 1.6 * random(),
    amount: 1 + 2.5 * random(),
  }))

const gasAt = (pockets: readonly Gas[], x: number, y: number): number => {
  let taken = 0
  for (const { x: gx, y: gy, radius, amount } of pockets) {
    const share = ((x - gx) * (x - gx) + (y - gy) * (y - gy)) / (radius * radius)
    if (share < 1) taken += amount * (1 - share)
  }
  return taken
}

/** Adds trunk and thighs: the legs part below the pelvis, the skin shows at the sides. */
export const addTrunk = (grid: FilmGrid, body: Body, random: Random): void => {
  const { middle, thicknessCm, size } = body
  const slow = createSmoothNoise(random)
  const folds = createSmoothNoise(random)
  const pockets = gasIn(body, random)
  const fat = thicknessCm - 17.5 * size
  const halfWidth = 17.2 * size + 0.5 * fat + 0.4 * normalDraw(random)
  const [thighAt, thighRadius] = [9 * size + 0.2 * fat, halfWidth - 9 * size - 0.2 * fat + 0.4]
  const parting = middle.y + (8.5 + normalDraw(random)) * size
  const bounds = { left: 0, top: 0, right: grid.columns * grid.pixelCm, bottom: grid.rows * grid.pixelCm }
  visitRows(grid, bounds, (start, end, firstX, y) => {
    const legs = clamp((y - parting) / 6 + 0.5, 0, 1)
    const gas = pockets.some((pocket) => Math.abs(pocket.y - y) < pocket.radius)
    const narrowing = 1 - 0.01 * Math.max(0, middle.y - 6 - y)
    let x = firstX
    let uneven = 1
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const out = x < middle.x ? middle.x - x : x - middle.x
      const trunk = roundness(out, halfWidth * narrowing)
      const thigh = body.withoutThighs === true ? 0 : 0.94 * roundness(out - thighAt, thighRadius)
      const shape = (1 - legs) * trunk + legs * thigh
      if (shape === 0) continue
      // The noise changes over centimetres: every fourth pixel is enough.
      if (((index - start) & 3) === 0)
        uneven = 1 + 0.05 * slow(x * 0.16, y * 0.16) + 0.018 * folds(x * 0.9, y * 0.9)
      grid.soft[index] = Math.max(0.2, thicknessCm * shape * uneven - (gas ? gasAt(pockets, x, y) : 0))
    }
  })
}
