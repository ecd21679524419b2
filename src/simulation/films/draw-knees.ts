import type { Random } from '../clinics/seeded-random.ts'
import { addLimb, bar } from './draw-limb.ts'
import type { FilmGrid, Point } from './film-grid.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import { createSmoothNoise } from './smooth-noise.ts'
import { addBone, type Bar, type Fill, modelBone, type Scratch } from './solid-bone.ts'

type Leg = {
  /** From centimetres beside (outwards) and below the joint of a knee of scale 1 to centimetres on the film. */
  readonly at: (outwards: number, down: number) => Point
  readonly scale: number
}

const scaled = (leg: Leg, radii: readonly [number, number]): [number, number] => [
  radii[0] * leg.scale,
  radii[1] * leg.scale,
]

/** Femur with two condyles, tibia with its plateau, fibula and patella; widths of an adult knee. */
const bonesOf = (leg: Leg, random: Random): Bar[][] => {
  const { at, scale } = leg
  const between = (low: number, high: number) => low + (high - low) * random()
  const cortex = between(0.3, 0.6) * scale
  const shell = between(0.1, 0.2) * scale
  const [wide, gap, valgus] = [between(1.75, 2.05), between(0.05, 0.35), between(1.5, 4)]
  const part = (from: Point, to: Point, radii: readonly [number, number], thick: number, depth = 1): Bar =>
    bar(from, to, scaled(leg, radii), thick, depth)
  const femur = [
    part(at(valgus, -42), at(0.1, -9), [1.5, 1.5], cortex),
    part(at(0.1, -9), at(0, -4), [1.5, 3.1], cortex * 0.5, 0.8),
    part(at(-wide, -2.6), at(-wide, -2.1), [2.1, 2 - gap], shell),
    part(at(wide, -2.5), at(wide, -2), [2.1, 1.95 - gap], shell),
    part(at(-1.2, -3.4), at(1.2, -3.4), [2, 2], shell, 0.9),
  ]
  const tibia = [
    part(at(-2.5, 1.5), at(2.5, 1.5), [1.35, 1.35], shell * 1.3, 1.2),
    part(at(-0.5, 0.4), at(-0.4, 0.1), [0.4, 0.2], shell),
    part(at(0.6, 0.4), at(0.5, 0.2), [0.4, 0.2], shell),
    part(at(-0.1, 2.4), at(-0.2, 8.5), [3.2, 1.6], cortex * 0.5, 0.85),
    part(at(-0.2, 8.5), at(-0.4, 42), [1.6, 1.25], cortex),
  ]
  const fibula = [
    part(at(3.4, 3.2), at(3.3, 4.8), [1, 0.7], shell),
    part(at(3.3, 4.8), at(3, 42), [0.65, 0.6], cortex * 0.6),
  ]
  const high = between(-4.6, -2.6)
  const off = 0.4 * normalDraw(random)
  const patella = [part(at(off, high), at(off + 0.1, high + 0.5), [2.1, 2], shell, 0.35)]
  return [femur, tibia, fibula, patella]
}

const drawLeg = (grid: FilmGrid, scratch: Scratch, leg: Leg, random: Random): void => {
  const { at, scale: k } = leg
  const [fat, calf] = [0.85 + 0.4 * random(), 0.85 + 0.3 * random()]
  addLimb(grid, at(1, -34), at(0, -1), [9 * fat * k, 6.2 * fat * k])
  addLimb(grid, at(0, -1), at(0.2, 12), [6 * fat * k, 6.2 * calf * k])
  addLimb(grid, at(0.2, 12), at(0, 40), [6.2 * calf * k, 3.6 * calf * k])
  const fine = createSmoothNoise(random)
  const [dense, grain] = [0.09 + 0.06 * random(), 0.2 + 0.3 * random()]
  // Cancellous bone near the joint, marrow in the shafts.
  const joint = at(0, 0)
  const fill: Fill = (x, y) => {
    const away = Math.abs(y - joint.y) / k
    return dense * clamp((13 - away) / 8, 0.05, 1) * (1 + grain * fine(x * 5, y * 5))
  }
  for (const bars of bonesOf(leg, random)) addBone(grid, modelBone(grid, scratch, bars), fill)
}

/** Draws one knee or two from the front, near or far, with air between the legs. */
export const drawKnees = (grid: FilmGrid, scratch: Scratch, random: Random): void => {
  const [width, height] = [grid.columns * grid.pixelCm, grid.rows * grid.pixelCm]
  const joint = height * (0.12 + 0.66 * random())
  const isBoth = width > 22 && random() < 0.75
  const scale = 0.85 + 0.3 * random()
  const apart = isBoth ? clamp(width * (0.2 + 0.09 * random()), 7 * scale, 16) : 0
  const lean = 0.03 * normalDraw(random)
  for (const outer of isBoth ? ([-1, 1] as const) : ([random() < 0.5 ? 1 : -1] as const)) {
    const offset = isBoth ? outer * apart : 0.08 * width * normalDraw(random)
    const x0 = width / 2 + offset + 0.6 * normalDraw(random)
    const y0 = joint + (isBoth ? 0.6 * normalDraw(random) : 0)
    const tilt = lean + outer * 0.03 * random() + 0.03 * normalDraw(random)
    const at = (outwards: number, down: number): Point => ({
      x: x0 + scale * (outer * outwards - tilt * down),
      y: y0 + scale * (down + outer * tilt * outwards),
    })
    drawLeg(grid, scratch, { at, scale }, random)
  }
}
