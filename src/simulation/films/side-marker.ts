import type { Random } from '../clinics/seeded-random.ts'
import type { FilmGrid } from './film-grid.ts'

/** Letters of 5 × 7 squares, a row as bits from the left. */
const letters: Readonly<Record<'left' | 'right', readonly number[]>> = {
  left: [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
  right: [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
}

/** A lead letter and where it lies, in pixels; what is collimated may hide it. */
export type SideMarker = {
  readonly letter: 'left' | 'right'
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

/** Lays a lead letter on a film whose left upper corner is at a share of width and height. */
export const addSideMarker = (
  grid: FilmGrid,
  side: 'left' | 'right',
  at: { readonly u: number; readonly v: number },
  random: Random,
): SideMarker => {
  const squareCm = 0.16 + 0.08 * random()
  const [x0, y0] = [at.u * grid.columns * grid.pixelCm, at.v * grid.rows * grid.pixelCm]
  const [firstRow, firstColumn] = [Math.round(y0 / grid.pixelCm), Math.round(x0 / grid.pixelCm)]
  const pixels = Math.ceil((7 * squareCm) / grid.pixelCm)
  for (let j = 0; j < pixels; j += 1)
    for (let i = 0; i < pixels; i += 1) {
      const bits = letters[side][Math.floor((j * grid.pixelCm) / squareCm)] ?? 0
      const column = Math.floor((i * grid.pixelCm) / squareCm)
      const [row, x] = [firstRow + j, firstColumn + i]
      if (column > 4 || ((bits >> (4 - column)) & 1) === 0 || row >= grid.rows || x >= grid.columns) continue
      grid.metal[row * grid.columns + x] = 0.5
    }
  const [width, height] = [(5 * squareCm) / grid.pixelCm, (7 * squareCm) / grid.pixelCm]
  return { letter: side, box: { x: firstColumn, y: firstRow, width, height } }
}
