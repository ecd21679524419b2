import { type Random, randomFor } from '../clinics/seeded-random.ts'
import { addPlate, addRidge, type Corner, thinAlong } from './bone-plates.ts'
import { type HipLandmarks, type HipPose, headRadiusCm, placingOf } from './draw-femur.ts'
import type { PelvisBuild } from './draw-pelvis.ts'
import type { FilmGrid, Point } from './film-grid.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import { arc, type Placed, ridge, shaped } from './placed-parts.ts'
import { createSmoothNoise } from './smooth-noise.ts'

/**
 * The parts of a pelvis as a film from the front shows them: wing and crest of the ilium, brim, socket with both rims and
 * teardrop, pubis, ischium with spine and tuberosity, sacrum with its foramina, lowest vertebrae with discs, pedicles
 * and processes. Centimetres of a left hip of size 1 with the femoral head at the origin and the midline at x = −9, drawn
 * from landmarks that textbooks of radiographic anatomy name; each person's differ.
 */
const ilium: readonly Corner[] = [
  [4.2, -8.2, 0.5],
  [5.5, -10.6, 0.95],
  [4.9, -13, 1],
  [2.4, -14.9, 1],
  [-0.6, -15.2, 0.9],
  [-3.4, -14, 0.8],
  [-5.3, -11.6, 0.5],
  [-5.2, -9, 0.35],
  [-4.5, -6.4, 0.45],
  [-3.5, -4.4, 0.4],
  [-2.9, -2.4, 0.2],
  [-1.2, -2.2, 0.1],
  [1, -2.3, 0.1],
  [2.7, -1.7, 0.5],
  [2.5, -3.6, 0.4],
  [3, -6, 0.3],
]
const pubis: readonly Corner[] = [
  [-1.9, -1.6, 0.1],
  [-3.4, -2.2, 0.4],
  [-5.6, -0.2, 0.4],
  [-7.9, 1.3, 0.4],
  [-8.7, 1.9, 0.5],
  [-8.75, 5.2, 0.45],
  [-8, 5.9, 0.3],
  [-5.6, 8, 0.3],
  [-4.9, 7, 0.3],
  [-6.9, 4.9, 0.35],
  [-7.2, 3, 0.35],
  [-5.3, 1.7, 0.4],
  [-3.1, 1, 0.2],
]
const ischium: readonly Corner[] = [
  [-2.2, -0.6, 0.05],
  [-4, -0.8, 0.4],
  [-4.5, 1.2, 0.45],
  [-4, 2.6, 0.3],
  [-4.5, 4.6, 0.3],
  [-5.6, 6.6, 0.3],
  [-5.8, 8, 0.3],
  [-4.2, 8.7, 0.6],
  [-2.6, 7.6, 0.6],
  [-2.1, 5.4, 0.4],
  [-1.7, 3.2, 0.3],
  [-0.9, 2.2, 0.1],
]
/** Roof, front and back rim, floor, teardrop and joint space of the socket. */
const addSocketLines = (placed: Placed, random: Random): void => {
  const { grid, place, size } = placed
  const cup = headRadiusCm + 0.35 + 0.15 * random()
  const origin = { x: -0.15, y: -0.1 }
  const space = arc(origin, headRadiusCm + 0.14, -3, -0.35).map(place)
  thinAlong(grid, space, (0.13 + 0.1 * random()) * size, 0.25 + 0.4 * random())
  ridge(
    placed,
    arc(origin, cup + 0.1, -2.5 - 0.3 * random(), -0.55),
    0.22 + 0.15 * random(),
    0.5 + 0.9 * random(),
  )
  ridge(placed, arc(origin, cup + 0.1, 2.4, 3.6), 0.16, 0.3 + 0.4 * random())
  const [front, back] = [
    [
      { x: 2.4, y: -1.5 },
      { x: 0.5, y: 0 },
      { x: -2, y: 1.7 },
    ],
    [
      { x: 2.6, y: -1.4 },
      { x: 1.9, y: 0.6 },
      { x: 0.3, y: 2.4 },
      { x: -1.2, y: 3.4 },
    ],
  ]
  ridge(placed, front, 0.14, 0.15 + 0.3 * random())
  ridge(placed, back, 0.16, 0.2 + 0.35 * random())
  const drop = [
    { x: -2.9, y: -0.4 },
    { x: -3, y: 1.4 },
    { x: -2.6, y: 1.9 },
    { x: -2.3, y: 1.3 },
    { x: -2.5, y: 0.2 },
  ]
  ridge(placed, drop, 0.1, 0.3 + 0.4 * random())
}

/** What of the socket lies before and behind the head: on films the head is as bright as the bone above it. */
const wallsOfSocket: readonly Corner[] = [
  [2.5, -1.5, 0.1],
  [1.9, 0.4, 0.25],
  [0.6, 2, 0.25],
  [-1.2, 3.1, 0.1],
  [-2.8, 2, 0.1],
  [-3.2, -0.5, 0.1],
  [-2.4, -2.4, 0.05],
  [0.4, -2.9, 0.05],
]

/** Draws half of a pelvis with all that a film shows of it. */
export const drawWholeHipBone = (grid: FilmGrid, build: PelvisBuild, pose: HipPose): void => {
  const random = randomFor(build.shapeSeed, 'whole pelvis', pose.lateral)
  const both = randomFor(build.shapeSeed, 'whole pelvis')
  // Tilt changes heights, turning changes widths of the two halves against each other.
  const [tall, low] = [1 + 0.1 * normalDraw(both), 1 + 0.1 * normalDraw(both)]
  const [flare, turned] = [1 + 0.13 * normalDraw(both), 1 + 0.07 * normalDraw(both) * pose.lateral]
  const placed = placingOf({ ...pose, spread: 0 })
  const place = ({ x, y }: Point): Point => {
    const wide = x > -3 ? x * flare : -3 * flare + (x + 3) * ((9 - 3 * flare) / 6)
    return placed({ x: wide * (x > -3 ? turned : 1), y: y * (y < 0 ? tall : low) })
  }
  const { size } = pose
  const [slow, fine] = [createSmoothNoise(random), createSmoothNoise(random)]
  const thick = clamp(0.68 + 0.18 * normalDraw(random), 0.25, 1.3)
  const within = (x: number, y: number): number => {
    // Thin in the middle of the wing, thick around the socket.
    const near = clamp(1 - (Math.abs(y - pose.head.y) / size - 3) / 4, 0, 1)
    const patchy = 1 + 0.4 * slow(x * 0.45, y * 0.45) + 0.22 * fine(x * 4, y * 4)
    return thick * (0.55 + 0.75 * near) * patchy
  }
  const seam = 0.24 + 0.1 * random()
  addPlate(grid, { corners: shaped(ilium, random, 0.25), seam: seam * 1.3, within }, place, size)
  addPlate(grid, { corners: shaped(pubis, random, 0.15), seam, within }, place, size)
  addPlate(grid, { corners: shaped(ischium, random, 0.15), seam, within }, place, size)
  const walls = clamp(0.55 + 0.3 * normalDraw(random), 0.05, 1.4)
  const fading = (x: number, y: number): number =>
    walls * (1 + 0.3 * slow(x * 0.8, y * 0.8) + 0.2 * fine(x * 5, y * 5))
  addPlate(grid, { corners: shaped(wallsOfSocket, random, 0.25), seam: 0.3, within: fading }, place, size)
  const all = { grid, place, size }
  const brim = [
    { x: -5, y: -7.6 },
    { x: -3.6, y: -4.6 },
    { x: -3.2, y: -2.4 },
    { x: -5.4, y: -0.3 },
    { x: -8, y: 1.3 },
  ]
  ridge(all, brim, 0.17, 0.25 + 0.5 * random())
  ridge(
    all,
    [
      { x: -4, y: -4.4 },
      { x: -3.6, y: -1 },
      { x: -3.5, y: 2.4 },
      { x: -3.8, y: 6 },
    ],
    0.13,
    0.15 + 0.35 * random(),
  )
  ridge(
    all,
    [
      { x: -3.6, y: -0.4 },
      { x: -4.9, y: 1.1 },
      { x: -3.9, y: 2.2 },
    ],
    0.22,
    0.2 + 0.5 * random(),
  )
  addSocketLines(all, random)
}

/** The crest between the trochanters, the bulk of the greater one, and scars and spurs of the head. */
export const addFemurLines = (grid: FilmGrid, build: PelvisBuild, pose: HipPose, at: HipLandmarks): void => {
  const random = randomFor(build.shapeSeed, 'femur lines', pose.lateral)
  const { size } = pose
  const { greaterTrochanter: greater, lesserTrochanter: lesser, head } = at
  const between = (share: number, out: number): Point => ({
    x: greater.x + share * (lesser.x - greater.x) + out * pose.lateral * size,
    y: greater.y + share * (lesser.y - greater.y),
  })
  addRidge(
    grid,
    [between(0, 0), between(0.4, 0.3), between(1, 0.4)],
    (0.15 + 0.25 * random()) * size,
    (0.15 + 0.45 * random()) * size,
  )
  const bulk = {
    x: greater.x + (0.2 + 0.4 * random()) * pose.lateral * size,
    y: greater.y + (0.2 + 0.8 * random()) * size,
  }
  addRidge(grid, [greater, bulk], (0.45 + 0.35 * random()) * size, (0.3 + 0.6 * random()) * size)
  addRidge(grid, [lesser, lesser], (0.3 + 0.3 * random()) * size, (0.2 + 0.5 * random()) * size)
  if (random() < 0.5) {
    const from = placingOf(pose)({ x: -0.6, y: 1.7 })
    const to = placingOf(pose)({ x: 1.9, y: -0.6 })
    addRidge(grid, [from, to], 0.09 * size, 0.15 + 0.25 * random())
  }
  if (random() < 0.25)
    addRidge(
      grid,
      [head, head],
      (0.5 + random()) * size,
      (0.2 + 0.6 * random()) * (random() < 0.6 ? 1 : -1) * size,
    )
}
