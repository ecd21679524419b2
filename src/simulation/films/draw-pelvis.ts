import { randomFor } from '../clinics/seeded-random.ts'
import { type HipPose, headRadiusCm, placingOf } from './draw-femur.ts'
import { boundsOf, type FilmGrid, type Point, visitRows } from './film-grid.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import { createSmoothNoise } from './smooth-noise.ts'
import { addBone, type Bar, modelBone, type Scratch } from './solid-bone.ts'

type Strut = {
  readonly from: Point
  readonly to: Point
  readonly radii: readonly [number, number]
  readonly depth: number
}

const strut = (
  from: readonly [number, number],
  to: readonly [number, number],
  radii: readonly [number, number],
  depth: number,
): Strut => ({ from: { x: from[0], y: from[1] }, to: { x: to[0], y: to[1] }, radii, depth })

/** Hip bone of a left hip of size 1 with the femoral head at the origin; the midline is at x = −9. */
const ilium: readonly Strut[] = [
  strut([-1.2, -3.1], [0.3, -6], [2.1, 2], 0.42),
  strut([0.3, -6], [2.4, -10.2], [1.9, 1.4], 0.3),
  strut([-1.6, -3.4], [-3.6, -7.6], [2.2, 2.1], 0.34),
  strut([-3.6, -7.6], [-4.4, -11.4], [2.2, 1.9], 0.24),
  strut([-1, -7], [-1, -11.8], [2.4, 2.2], 0.16),
  strut([2.6, -10.2], [-0.6, -13.4], [0.8, 0.7], 0.6),
  strut([-0.6, -13.4], [-4.8, -12.6], [0.7, 0.8], 0.6),
  strut([-4.6, -12], [-5.2, -7.4], [1, 0.9], 0.6),
]
const pubisAndIschium: readonly Strut[] = [
  strut([-2.4, -0.2], [-7.4, 1.3], [1.15, 0.8], 0.9),
  strut([-7.8, 1.5], [-8, 4.2], [0.75, 0.7], 1.1),
  strut([-8, 4.2], [-5.2, 6.7], [0.72, 0.75], 0.9),
  strut([-2.5, 1.2], [-3.4, 5.4], [1.45, 1.35], 0.8),
  strut([-3.4, 5.4], [-5, 6.9], [1.35, 0.85], 0.9),
]
/** Relative to the midline. */
const sacrumAndSpine: readonly Strut[] = [
  strut([0, -10.4], [0, -4.4], [3.6, 1.1], 0.35),
  strut([0, -4.4], [0.2, -2.4], [0.9, 0.5], 0.6),
  strut([-1.7, -12.6], [1.7, -12.6], [1.5, 1.5], 1),
  strut([-1.6, -16.2], [1.6, -16.2], [1.5, 1.5], 1),
  strut([-3.4, -12], [3.4, -12], [0.5, 0.5], 0.7),
]

const barOf = (part: Strut, place: (point: Point) => Point, size: number, shell: number): Bar => {
  const [from, to] = part.radii
  return {
    from: place(part.from),
    to: place(part.to),
    fromRadius: from * size,
    toRadius: to * size,
    fromInner: Math.max(0, from - shell / part.depth) * size,
    toInner: Math.max(0, to - shell / part.depth) * size,
    depth: part.depth,
  }
}

/** The socket: a dense roof and a thin rim before and behind the head that leaves its outer lower side free. */
const addSocket = (grid: FilmGrid, pose: HipPose, amount: number): void => {
  const { head, lateral, size } = pose
  const [inner, outer] = [(headRadiusCm + 0.22) * size, (headRadiusCm + 1) * size]
  visitRows(grid, boundsOf([head], outer), (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const [dx, dy] = [(x - head.x) * lateral, y - head.y]
      const r = Math.sqrt(dx * dx + dy * dy)
      if (r <= 0.2 || r >= outer) continue
      const upwards = clamp((-dy - 0.45 * dx) / r, 0, 1)
      const inwards = clamp((-dx - 0.3 * dy) / r, 0, 1)
      const wall = r < inner ? 0.2 * inwards : 0
      const near = r >= inner ? 1 - (r - inner) / (outer - inner) : 0
      const added = amount * (0.75 * near * near * upwards + 0.4 * near * inwards + wall)
      grid.bone[index] = (grid.bone[index] ?? 0) + added * size
    }
  })
}

/**
 * What the pelvis is built from: the person's own seed, and not density. Real pelves lose bone as well, but a package
 * that reads the pelvis has not read the hip, and nobody has published how the two go together.
 */
export type PelvisBuild = { readonly shapeSeed: number }

/** Draws half of the pelvis beside a hip. */
export const drawHipBone = (grid: FilmGrid, scratch: Scratch, build: PelvisBuild, pose: HipPose): void => {
  const random = randomFor(build.shapeSeed, 'pelvis', pose.lateral)
  const shell = clamp(0.072 + 0.014 * normalDraw(random), 0.04, 0.14)
  const fine = createSmoothNoise(random)
  const share = clamp(0.085 + 0.016 * normalDraw(random), 0.04, 0.2)
  const fill = (x: number, y: number) => share * (1 + 0.35 * fine(x * 3, y * 3) + 0.2 * fine(y * 9, x * 9))
  const wide = 1 + 0.04 * normalDraw(random)
  const tall = 1 + 0.04 * normalDraw(random)
  const placed = placingOf(pose)
  const place = ({ x, y }: Point): Point => placed({ x: x * wide, y: y * tall })
  for (const parts of [ilium, pubisAndIschium]) {
    const bars = parts.map((part) => barOf(part, place, pose.size, shell))
    addBone(grid, modelBone(grid, scratch, bars), fill)
  }
  addSocket(grid, pose, 1 + 0.15 * normalDraw(random))
}

/** Draws sacrum and lowest vertebrae around the midline. */
export const drawSpine = (
  grid: FilmGrid,
  scratch: Scratch,
  build: PelvisBuild,
  middle: Point,
  size: number,
): void => {
  const random = randomFor(build.shapeSeed, 'spine')
  const noise = createSmoothNoise(random)
  const place = ({ x, y }: Point): Point => ({ x: middle.x + x * size, y: middle.y + y * size })
  const share = 0.09 + 0.01 * normalDraw(random)
  const fill = (x: number, y: number) => share * (1 + 0.5 * noise(x * 1.3, y * 1.3))
  for (const part of sacrumAndSpine) {
    const bars = [barOf(part, place, size, 0.1)]
    addBone(grid, modelBone(grid, scratch, bars), fill)
  }
}
