import { type Bounds, boundsOf, type FilmGrid, type Point, visitRows } from './film-grid.ts'

/**
 * A tapered round bar with a marrow space. Half its depth along the beam at distance d from its axis is
 * `depth` · √(radius² − d²), so outside and inside are height fields that blend where bars of one bone meet.
 */
export type Bar = {
  readonly from: Point
  readonly to: Point
  readonly fromRadius: number
  readonly toRadius: number
  /** Radii of the marrow space; 0 where there is none. */
  readonly fromInner: number
  readonly toInner: number
  /** Shift of the marrow space across the image: one cortex thicker than the other. */
  readonly innerShift?: Point
  /** Depth along the beam over the width across it. */
  readonly depth?: number
}

/** Squared half depths of a bone's outside and of its marrow space on a film. */
export type Solid = {
  readonly outer: Float32Array
  readonly inner: Float32Array
  readonly bounds: Bounds
}

/** Squared half depth that stands for "outside". */
const outside = -1e3

/** How far bars of one bone run into each other, in square centimetres of squared half depth. */
const blendCm2 = 0.9

const blend = (one: number, other: number): number => {
  const gap = one - other
  const most = gap > 0 ? one : other
  const near = blendCm2 - (gap > 0 ? gap : -gap)
  return near > 0 ? most + (near * near) / (4 * blendCm2) : most
}

type Cone = { x: number; y: number; dx: number; dy: number; radius: number; widening: number; depth2: number }

const coneOf = (bar: Bar, which: 'outer' | 'inner'): Cone => {
  const shift = which === 'inner' ? (bar.innerShift ?? { x: 0, y: 0 }) : { x: 0, y: 0 }
  const [radius, end] = which === 'inner' ? [bar.fromInner, bar.toInner] : [bar.fromRadius, bar.toRadius]
  const depth = bar.depth ?? 1
  return {
    x: bar.from.x + shift.x,
    y: bar.from.y + shift.y,
    dx: bar.to.x - bar.from.x,
    dy: bar.to.y - bar.from.y,
    radius,
    widening: end - radius,
    depth2: depth * depth,
  }
}

/** Blends one cone into a height field. */
const addCone = (field: Float32Array, grid: FilmGrid, cone: Cone, bounds: Bounds): void => {
  const { x: x0, y: y0, dx, dy, radius, widening, depth2 } = cone
  const scale = 1 / Math.max(1e-9, dx * dx + dy * dy)
  visitRows(grid, bounds, (start, end, firstX, y) => {
    const ry = y - y0
    let rx = firstX - x0
    for (let index = start; index < end; index += 1, rx += grid.pixelCm) {
      const along = (rx * dx + ry * dy) * scale
      const t = along < 0 ? 0 : along > 1 ? 1 : along
      const px = rx - t * dx
      const py = ry - t * dy
      const r = radius + t * widening
      const height = (r * r - px * px - py * py) * depth2
      const old = field[index] ?? outside
      // Too far below the old surface to be seen in the blend.
      if (height > old - blendCm2) field[index] = blend(old, height)
    }
  })
}

/** Space for height fields that films of one size share, one after the other. */
export type Scratch = { readonly outer: Float32Array; readonly inner: Float32Array }

/** Allocates height fields for a film. */
export const scratchFor = (grid: FilmGrid): Scratch => ({
  outer: new Float32Array(grid.bone.length),
  inner: new Float32Array(grid.bone.length),
})

/** Models a bone from bars that run into each other. */
export const modelBone = (grid: FilmGrid, scratch: Scratch, bars: readonly Bar[]): Solid => {
  const widest = Math.max(...bars.map((bar) => Math.max(bar.fromRadius, bar.toRadius)))
  const bounds = boundsOf(
    bars.flatMap(({ from, to }) => [from, to]),
    widest + 0.4,
  )
  visitRows(grid, bounds, (start, end) => {
    scratch.outer.fill(outside, start, end)
    scratch.inner.fill(outside, start, end)
  })
  for (const bar of bars) {
    const near = boundsOf([bar.from, bar.to], Math.max(bar.fromRadius, bar.toRadius) + 0.4)
    addCone(scratch.outer, grid, coneOf(bar, 'outer'), near)
    if (bar.fromInner > 0 || bar.toInner > 0) addCone(scratch.inner, grid, coneOf(bar, 'inner'), near)
  }
  return { ...scratch, bounds }
}

/** Share of compact bone in the marrow space at a point. */
export type Fill = (x: number, y: number) => number

/** Adds a bone to what the beam meets; `density` is that of its shell against sound compact bone. */
export const addBone = (grid: FilmGrid, solid: Solid, fill: Fill, density = 1): void => {
  const { bone, pixelCm } = grid
  const { outer, inner } = solid
  visitRows(grid, solid.bounds, (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += pixelCm) {
      const out = outer[index] ?? outside
      if (out <= 0) continue
      const whole = 2 * Math.sqrt(out)
      const within = inner[index] ?? outside
      const marrow = within <= 0 ? 0 : Math.min(whole, 2 * Math.sqrt(within))
      bone[index] = (bone[index] ?? 0) + (whole - marrow) * density + (marrow > 0 ? marrow * fill(x, y) : 0)
    }
  })
}
