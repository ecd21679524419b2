import type { Random } from '../clinics/seeded-random.ts'
import { addRidge, thinAlong } from './bone-plates.ts'
import type { HipCondition } from './conditions.ts'
import { type HipLandmarks, type HipPose, placingOf } from './draw-femur.ts'
import { boundsOf, type FilmGrid, type Point, visitRows } from './film-grid.ts'

/** Calls `visit` with the share of the way from the axis (0) to the surface (1) of a round bar. */
const visitBar = (
  grid: FilmGrid,
  [from, to]: readonly [Point, Point],
  radius: number,
  visit: (index: number, share: number) => void,
): void => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const scale = 1 / Math.max(1e-9, dx * dx + dy * dy)
  visitRows(grid, boundsOf([from, to], radius), (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const along = ((x - from.x) * dx + (y - from.y) * dy) * scale
      const t = along < 0 ? 0 : along > 1 ? 1 : along
      const [px, py] = [x - from.x - t * dx, y - from.y - t * dy]
      const share = Math.sqrt(px * px + py * py) / radius
      if (share < 1) visit(index, share)
    }
  })
}

/** Adds a round bar of metal, or of bone cement, which is about as dense as compact bone. */
const addRod = (
  grid: FilmGrid,
  axis: readonly [Point, Point],
  radius: number,
  what: 'metal' | 'bone' = 'metal',
): void => {
  const target = grid[what]
  visitBar(grid, axis, radius, (index, share) => {
    const added = 2 * radius * Math.sqrt(1 - share * share)
    target[index] = Math.max(target[index] ?? 0, (what === 'bone' ? (target[index] ?? 0) : 0) + added)
  })
}

/** Takes away bone along a line: a fracture or a growth plate. */
const addGap = (grid: FilmGrid, axis: readonly [Point, Point], radius: number, kept: number): void => {
  visitBar(grid, axis, radius, (index, share) => {
    const left = kept + (1 - kept) * share * share
    grid.bone[index] = (grid.bone[index] ?? 0) * left
  })
}

const addProsthesis = (grid: FilmGrid, at: HipLandmarks, pose: HipPose, isCemented: boolean): void => {
  const place = placingOf(pose)
  const { size } = pose
  const { head, shaft } = at
  const tip = place({ x: (shaft.x - head.x) / pose.lateral / size, y: (shaft.y - head.y) / size + 7 })
  const shoulder = place({ x: 3.6, y: 3.2 })
  if (isCemented) addRod(grid, [shoulder, tip], 1.05 * size, 'bone')
  addRod(grid, [head, head], 1.5 * size)
  addRod(grid, [head, shoulder], 0.62 * size)
  addRod(grid, [shoulder, at.shaft], 0.85 * size)
  addRod(grid, [at.shaft, tip], 0.6 * size)
}

const addScrews = (grid: FilmGrid, { head, lesserTrochanter, greaterTrochanter }: HipLandmarks): void => {
  for (const shift of [-0.7, 0, 0.7]) {
    const from = { x: greaterTrochanter.x, y: (greaterTrochanter.y + lesserTrochanter.y) / 2 + 1.2 + shift }
    addRod(grid, [from, { x: head.x, y: head.y + shift }], 0.33)
  }
}

const fractureLine = ({ head, neck, headRadius }: HipLandmarks): readonly [Point, Point] => {
  // Across the neck: at right angles to the line from the head.
  const [dx, dy] = [neck.x - head.x, neck.y - head.y]
  const scale = (0.9 * headRadius) / Math.sqrt(dx * dx + dy * dy)
  return [
    { x: neck.x - dy * scale, y: neck.y + dx * scale },
    { x: neck.x + dy * scale, y: neck.y - dx * scale },
  ]
}

/** Adds what a hip has beside its bone. */
export const addCondition = (
  grid: FilmGrid,
  condition: HipCondition,
  at: HipLandmarks,
  pose: HipPose,
): void => {
  if (condition === 'prosthesis') addProsthesis(grid, at, pose, false)
  if (condition === 'cemented-prosthesis') addProsthesis(grid, at, pose, true)
  if (condition === 'screws') addScrews(grid, at)
  if (condition === 'fresh-fracture') addGap(grid, fractureLine(at), 0.28, 0.15)
  if (condition === 'old-fracture') addRod(grid, fractureLine(at), 0.5, 'bone')
  if (condition === 'osteoarthritis') {
    const roof = { x: at.head.x - 0.4 * pose.lateral, y: at.head.y - at.headRadius - 0.2 }
    addRod(grid, [roof, { x: roof.x + 1.6 * pose.lateral, y: roof.y + 0.5 }], 0.55, 'bone')
  }
}

/** Leaves of a femoral head the part that has turned to bone: a nucleus in its middle. */
const keepNucleus = (grid: FilmGrid, { head, size }: HipPose, ossified: number): void => {
  const middle = [head, head] as const
  visitBar(grid, middle, 2.75 * size, (index, share) => {
    if (share > ossified) grid.bone[index] = 0.12 * (grid.bone[index] ?? 0)
  })
}

/**
 * Opens the growth plates of a child: below the head, at the greater trochanter and in the socket; `ossified` is the
 * share of the head's radius that is bone, which grows from 0 to 1 over the first ten years.
 */
export const openGrowthPlates = (grid: FilmGrid, pose: HipPose, ossified: number): void => {
  const place = placingOf(pose)
  const point = (x: number, y: number): Point => place({ x, y })
  keepNucleus(grid, pose, ossified)
  const lines: readonly (readonly [Point, Point])[] = [
    [point(-0.7, 2.5), point(2.5, -0.7)],
    [point(3.2, 0.7), point(6.4, 2.2)],
    [point(-3.1, -2.2), point(-3.1, 1.8)],
    [point(-6, 6.4), point(-7, 5)],
  ]
  for (const [from, to] of lines) addGap(grid, [from, to], 0.36 * pose.size, 0.05)
}

/**
 * Growth plates as they are drawn in a whole pelvis: thin or wide, faint or clear, between seams of denser bone; also
 * across the socket's floor, under the crest of the ilium and behind the lesser trochanter.
 */
export const openThinPlates = (grid: FilmGrid, pose: HipPose, ossified: number, random: Random): void => {
  const place = placingOf(pose)
  if (ossified < 0.9) keepNucleus(grid, pose, ossified)
  const width = (0.07 + 0.2 * random()) * (1.5 - 0.5 * pose.size) * pose.size
  const lines: readonly (readonly [number, number, number, number])[] = [
    [-0.7, 2.4, 2.4, -0.7],
    [3.2, 0.7, 6.4, 2.2],
    [-2.2, -0.4, -4.6, -1],
    [-6, 6.4, -7, 5],
    [1.2, 5.9, 3.1, 7],
    [5, -11, 2.2, -14.1],
    [2.2, -14.1, -1.4, -14.4],
  ]
  for (const [x, y, toX, toY] of lines) {
    // Plates close one after the other; the head's is among the last.
    if (y !== 2.4 && random() < 0.3) continue
    const shift = 0.35 * (random() - 0.5)
    const [from, to] = [place({ x: x + shift, y: y + shift }), place({ x: toX + shift, y: toY + shift })]
    addRidge(grid, [from, to], 2.2 * width, 0.1 + 0.4 * random())
    thinAlong(grid, [from, to], width, 0.05 + 0.45 * random())
  }
}
