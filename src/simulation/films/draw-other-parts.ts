import type { Random } from '../clinics/seeded-random.ts'
import { type FilmGrid, type Point, visitRows } from './film-grid.ts'
import { normalDraw } from './normal-draw.ts'
import { createSmoothNoise } from './smooth-noise.ts'
import { addBone, type Bar, modelBone, type Scratch } from './solid-bone.ts'

const bar = (from: Point, to: Point, radii: readonly [number, number], shell: number, depth = 1): Bar => ({
  from,
  to,
  fromRadius: radii[0],
  toRadius: radii[1],
  fromInner: Math.max(0, radii[0] - shell),
  toInner: Math.max(0, radii[1] - shell),
  depth,
})

/** Adds soft tissue as a round limb between two points. */
const addLimb = (grid: FilmGrid, from: Point, to: Point, radius: number, endRadius: number): void => {
  const bounds = { left: 0, top: 0, right: grid.columns * grid.pixelCm, bottom: grid.rows * grid.pixelCm }
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const scale = 1 / Math.max(1e-9, dx * dx + dy * dy)
  visitRows(grid, bounds, (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const along = ((x - from.x) * dx + (y - from.y) * dy) * scale
      const t = along < 0 ? 0 : along > 1 ? 1 : along
      const [px, py] = [x - from.x - t * dx, y - from.y - t * dy]
      const r = radius + t * (endRadius - radius)
      const left = r * r - px * px - py * py
      if (left > 0) grid.soft[index] = Math.max(grid.soft[index] ?? 0, 1.9 * Math.sqrt(left))
    }
  })
}

type Leg = { readonly x: number; readonly joint: number; readonly scale: number; readonly outer: 1 | -1 }

const drawLeg = (grid: FilmGrid, scratch: Scratch, leg: Leg, random: Random): void => {
  const { x, joint, scale: k, outer } = leg
  const tilt = 0.05 * normalDraw(random)
  const fine = createSmoothNoise(random)
  const fill = (px: number, py: number) => 0.11 * (1 + 0.4 * fine(px * 4, py * 4))
  const at = (dx: number, dy: number): Point => ({ x: x + outer * dx * k + tilt * dy * k, y: joint + dy * k })
  addLimb(grid, at(0, -30), at(0, 0), 8.2 * k, 6.2 * k)
  addLimb(grid, at(0, 0), at(-0.3, 34), 6 * k, 4.6 * k)
  const femur = [
    bar(at(-0.2, -40), at(-0.1, -9), [1.5 * k, 1.55 * k], 0.5 * k),
    bar(at(-0.1, -9), at(0, -3), [1.55 * k, 2.7 * k], 0.35 * k),
    bar(at(-1.9, -2), at(-2.1, -2.1), [2 * k, 2 * k], 0.12),
    bar(at(1.9, -1.9), at(2.1, -2), [1.9 * k, 1.9 * k], 0.12),
  ]
  const tibia = [
    bar(at(-2.4, 1.5), at(2.4, 1.5), [1.3 * k, 1.3 * k], 0.16),
    bar(at(0, 2), at(-0.2, 9), [2.9 * k, 1.5 * k], 0.3 * k),
    bar(at(-0.2, 9), at(-0.4, 40), [1.5 * k, 1.25 * k], 0.5 * k),
  ]
  const fibula = [
    bar(at(3.4, 3.4), at(3.4, 4.4), [0.85 * k, 0.6 * k], 0.15),
    bar(at(3.4, 4.4), at(3, 40), [0.6 * k, 0.6 * k], 0.3),
  ]
  const patella = [bar(at(-0.1, -3), at(0.1, -2.6), [2.1 * k, 2 * k], 0.15, 0.4)]
  for (const bars of [femur, tibia, fibula, patella]) addBone(grid, modelBone(grid, scratch, bars), fill)
}

/** Draws one knee or two, with air between the legs. */
export const drawKnees = (grid: FilmGrid, scratch: Scratch, random: Random): void => {
  const [width, height] = [grid.columns * grid.pixelCm, grid.rows * grid.pixelCm]
  const joint = height * (0.32 + 0.3 * random())
  const both = random() < 0.65
  const apart = both ? width * (0.23 + 0.05 * random()) : 0
  const k = both ? 0.85 + 0.2 * random() : 0.9 + 0.3 * random()
  for (const outer of both ? ([-1, 1] as const) : ([random() < 0.5 ? 1 : -1] as const)) {
    const x = width / 2 + (both ? outer * apart : 0) + 0.8 * normalDraw(random)
    drawLeg(
      grid,
      scratch,
      { x, joint: joint + (both ? 0.5 * normalDraw(random) : 0), scale: k, outer },
      random,
    )
  }
}

/** Draws a chest: spine, ribs, shoulders, and lungs that hold air. */
export const drawChest = (grid: FilmGrid, scratch: Scratch, random: Random): void => {
  const [width, height] = [grid.columns * grid.pixelCm, grid.rows * grid.pixelCm]
  const middle = width * (0.5 + 0.02 * normalDraw(random))
  const fill = () => 0.12
  addLimb(grid, { x: middle, y: -5 }, { x: middle, y: height + 10 }, width * 0.52, width * 0.5)
  for (let index = 0; index < grid.soft.length; index += 1) grid.soft[index] = (grid.soft[index] ?? 0) * 0.62
  const [wide, tall, centre] = [
    width * (0.16 + 0.02 * random()),
    height * (0.33 + 0.05 * random()),
    height * 0.45,
  ]
  for (let index = 0; index < grid.soft.length; index += 1) {
    const dx = Math.abs((index % grid.columns) * grid.pixelCm - middle) - width * 0.23
    const dy = Math.floor(index / grid.columns) * grid.pixelCm - centre
    const share = (dx * dx) / (wide * wide) + (dy * dy) / (tall * tall)
    if (share < 1) grid.soft[index] = (grid.soft[index] ?? 0) * (1 - 0.72 * Math.min(1, (1 - share) * 3))
  }
  const spine = [bar({ x: middle, y: -3 }, { x: middle, y: height + 3 }, [1.6, 2], 0.15)]
  addBone(grid, modelBone(grid, scratch, spine), fill)
  for (let rib = 0; rib < 10; rib += 1)
    for (const side of [-1, 1]) {
      const y = height * (0.06 + 0.078 * rib)
      const bend = { x: middle + side * width * (0.34 + 0.01 * rib), y: y + height * 0.05 }
      const end = { x: middle + side * width * 0.4, y: y + height * (0.12 + 0.03 * random()) }
      const radii = [0.55, 0.5] as const
      const bars = [bar({ x: middle + side * 1.8, y }, bend, radii, 0.1), bar(bend, end, radii, 0.1)]
      addBone(grid, modelBone(grid, scratch, bars), fill)
    }
}

/** Draws a hip from the side: the shaft lies over the neck, the head over the socket. */
export const drawLateralHip = (grid: FilmGrid, scratch: Scratch, random: Random): void => {
  const [width, height] = [grid.columns * grid.pixelCm, grid.rows * grid.pixelCm]
  const head = { x: width * (0.25 + 0.15 * random()), y: height * (0.35 + 0.25 * random()) }
  const slope = 0.35 * normalDraw(random)
  const fine = createSmoothNoise(random)
  const fill = (x: number, y: number) => 0.11 * (1 + 0.4 * fine(x * 5, y * 5))
  const at = (cm: number, up = 0): Point => ({ x: head.x + cm, y: head.y + slope * cm - up })
  addLimb(grid, { x: -8, y: head.y }, at(30), 11 + 3 * random(), 8 + 2 * random())
  const femur = [
    bar(head, at(0.3), [2.4, 2.3], 0.12),
    bar(at(1), at(5.5), [1.7, 1.8], 0.2),
    bar(at(4.6), at(7.6, -0.6), [1.9, 1.6], 0.25),
    bar(at(7), at(40), [1.6, 1.4], 0.5),
  ]
  addBone(grid, modelBone(grid, scratch, femur), fill)
  const ischium = [
    bar({ x: head.x - 2, y: head.y }, { x: head.x - 6, y: head.y + 7 }, [2.2, 2], 0.2, 0.7),
    bar({ x: head.x - 2, y: head.y - 1 }, { x: head.x - 10, y: head.y - 6 }, [2, 3], 0.2, 0.5),
  ]
  addBone(grid, modelBone(grid, scratch, ischium), fill)
}
