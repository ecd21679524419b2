/** Point in centimetres in the plane of the bone, x to the right of the image and y down. */
export type Point = { readonly x: number; readonly y: number }

/** What the beam meets on its way to each pixel of a film of rows × columns. */
export type FilmGrid = {
  readonly rows: number
  readonly columns: number
  /** Centimetres in the plane of the bone for each pixel. */
  readonly pixelCm: number
  /** Centimetres of compact bone. */
  readonly bone: Float32Array
  /** Centimetres of soft tissue. */
  readonly soft: Float32Array
  /** Centimetres of steel. */
  readonly metal: Float32Array
}

/** A film that the beam meets nothing on. */
export const emptyGrid = (rows: number, columns: number, pixelCm: number): FilmGrid => ({
  rows,
  columns,
  pixelCm,
  bone: new Float32Array(rows * columns),
  soft: new Float32Array(rows * columns),
  metal: new Float32Array(rows * columns),
})

/** Rectangle in centimetres. */
export type Bounds = { left: number; top: number; right: number; bottom: number }

/** The rectangle around points with a margin on all sides. */
export const boundsOf = (points: readonly Point[], margin: number): Bounds => {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  for (const { x, y } of points) {
    bounds.left = Math.min(bounds.left, x - margin)
    bounds.right = Math.max(bounds.right, x + margin)
    bounds.top = Math.min(bounds.top, y - margin)
    bounds.bottom = Math.max(bounds.bottom, y + margin)
  }
  return bounds
}

/** Calls `visit` with the part of each row that lies within the bounds: its first index, its first x and its y. */
export const visitRows = (
  grid: { readonly rows: number; readonly columns: number; readonly pixelCm: number },
  bounds: Bounds,
  visit: (start: number, end: number, x: number, y: number) => void,
): void => {
  const { rows, columns, pixelCm } = grid
  const firstRow = Math.max(0, Math.floor(bounds.top / pixelCm))
  const lastRow = Math.min(rows - 1, Math.ceil(bounds.bottom / pixelCm))
  const first = Math.max(0, Math.floor(bounds.left / pixelCm))
  const last = Math.min(columns - 1, Math.ceil(bounds.right / pixelCm))
  if (first > last) return
  for (let row = firstRow; row <= lastRow; row += 1)
    visit(row * columns + first, row * columns + last + 1, (first + 0.5) * pixelCm, (row + 0.5) * pixelCm)
}
