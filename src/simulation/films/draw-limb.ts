import { type FilmGrid, type Point, visitRows } from './film-grid.ts'
import type { Bar } from './solid-bone.ts'

/** A bar with a shell of one thickness. */
export const bar = (
  from: Point,
  to: Point,
  radii: readonly [number, number],
  shell: number,
  depth = 1,
): Bar => ({
  from,
  to,
  fromRadius: radii[0],
  toRadius: radii[1],
  fromInner: Math.max(0, radii[0] - shell),
  toInner: Math.max(0, radii[1] - shell),
  depth,
})

/** Adds soft tissue as a round limb between two points; where limbs meet the thicker one counts. */
export const addLimb = (grid: FilmGrid, from: Point, to: Point, radii: readonly [number, number]): void => {
  const bounds = { left: 0, top: 0, right: grid.columns * grid.pixelCm, bottom: grid.rows * grid.pixelCm }
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const scale = 1 / Math.max(1e-9, dx * dx + dy * dy)
  visitRows(grid, bounds, (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm) {
      const along = ((x - from.x) * dx + (y - from.y) * dy) * scale
      const t = along < 0 ? 0 : along > 1 ? 1 : along
      const [px, py] = [x - from.x - t * dx, y - from.y - t * dy]
      const r = radii[0] + t * (radii[1] - radii[0])
      const left = r * r - px * px - py * py
      if (left > 0) grid.soft[index] = Math.max(grid.soft[index] ?? 0, 1.9 * Math.sqrt(left))
    }
  })
}
