import { exponential, tabulate } from './exact-maths.ts'
import { boundsOf, type FilmGrid, type Point, visitRows } from './film-grid.ts'

/** A corner of a plate, and how thick its edge is from there to the next, in centimetres of compact bone. */
export type Corner = readonly [x: number, y: number, rim: number]

/** A flat bone: thin in the middle, with a seam of compact bone around it. */
export type Plate = {
  readonly corners: readonly Corner[]
  /** Width of the seam in centimetres. */
  readonly seam: number
  /** Centimetres of compact bone within, at a point of the film. */
  readonly within: (x: number, y: number) => number
}

const fallSteps = 256
const fallEnd = 6
const fall = tabulate(0, fallEnd, fallSteps, (share) => exponential(-share * share))
const bell = (share: number): number =>
  share >= fallEnd ? 0 : (fall[Math.floor((share * fallSteps) / fallEnd)] ?? 0)

type Edge = { x: number; y: number; dx: number; dy: number; scale: number; rim: number; next: number }

const edgesOf = (points: readonly Point[], rims: readonly number[], isClosed: boolean): Edge[] =>
  points.slice(0, isClosed ? undefined : -1).map((from, at) => {
    const to = points[(at + 1) % points.length] ?? from
    const [dx, dy] = [to.x - from.x, to.y - from.y]
    return {
      x: from.x,
      y: from.y,
      dx,
      dy,
      scale: 1 / Math.max(1e-9, dx * dx + dy * dy),
      rim: rims[at] ?? 0,
      next: rims[(at + 1) % rims.length] ?? 0,
    }
  })

/** The nearest edge of a point: squared distance, and the rim there. */
const nearest = (edges: readonly Edge[], x: number, y: number): { far2: number; rim: number } => {
  let [far2, rim] = [Infinity, 0]
  for (const edge of edges) {
    const [rx, ry] = [x - edge.x, y - edge.y]
    const along = (rx * edge.dx + ry * edge.dy) * edge.scale
    const t = along < 0 ? 0 : along > 1 ? 1 : along
    const [px, py] = [rx - t * edge.dx, ry - t * edge.dy]
    const here = px * px + py * py
    if (here >= far2) continue
    far2 = here
    rim = edge.rim + t * (edge.next - edge.rim)
  }
  return { far2, rim }
}

const isInside = (edges: readonly Edge[], x: number, y: number): boolean => {
  let inside = false
  for (const edge of edges) {
    const end = edge.y + edge.dy
    if (edge.y > y === end > y) continue
    if (x < edge.x + ((y - edge.y) * edge.dx) / edge.dy) inside = !inside
  }
  return inside
}

/** Adds a flat bone to what the beam meets; `place` as in `placingOf`. */
export const addPlate = (
  grid: FilmGrid,
  plate: Plate,
  place: (point: Point) => Point,
  size: number,
): void => {
  const points = plate.corners.map(([x, y]) => place({ x, y }))
  const edges = edgesOf(
    points,
    plate.corners.map(([, , rim]) => rim),
    true,
  )
  const seam = plate.seam * size
  visitRows(grid, boundsOf(points, 0.1), (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      if (!isInside(edges, x, y)) continue
      const { far2, rim } = nearest(edges, x, y)
      const far = Math.sqrt(far2) / seam
      const rise = 1 - bell(1.3 * far + 0.25)
      grid.bone[index] = (grid.bone[index] ?? 0) + (plate.within(x, y) * rise + rim * bell(far)) * size
    }
  })
}

/** Adds a ridge of bone (or takes some away, below 0) along a line of points, of a width in centimetres. */
export const addRidge = (
  grid: FilmGrid,
  points: readonly Point[],
  width: number,
  amount: number,
  what: 'bone' | 'soft' = 'bone',
): void => {
  const edges = edgesOf(points, [1], false)
  const target = grid[what]
  visitRows(grid, boundsOf(points, 2.5 * width), (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const share = bell(Math.sqrt(nearest(edges, x, y).far2) / width)
      if (share > 0.002) target[index] = Math.max(0, (target[index] ?? 0) + amount * share)
    }
  })
}

/** Scales the bone along a line by `kept`, as a joint space or a foramen does. */
export const thinAlong = (grid: FilmGrid, points: readonly Point[], width: number, kept: number): void => {
  const edges = edgesOf(points, [1], false)
  visitRows(grid, boundsOf(points, 2.5 * width), (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const share = bell(Math.sqrt(nearest(edges, x, y).far2) / width)
      if (share > 0.01) grid.bone[index] = (grid.bone[index] ?? 0) * (1 - (1 - kept) * share)
    }
  })
}
