import type { SimulatedFilm } from '../films/render-film.ts'

/** Sums of all pixels above and left of each corner, so that the mean of any box costs four look-ups. */
const cornerSums = ({ rows, columns, pixels }: SimulatedFilm): Float64Array => {
  const across = columns + 1
  const sums = new Float64Array((rows + 1) * across)
  for (let row = 0; row < rows; row += 1) {
    let sum = 0
    for (let column = 0; column < columns; column += 1) {
      sum += pixels[row * columns + column] ?? 0
      const corner = (row + 1) * across + column + 1
      sums[corner] = (sums[corner - across] ?? 0) + sum
    }
  }
  return sums
}

/**
 * Softens a film, as the noise reduction of a maker does: of what a pixel has over the mean of the box around it, `share` is
 * taken away.
 */
export const softenFilm = (film: SimulatedFilm, radius: number, share: number): SimulatedFilm => {
  const { rows, columns } = film
  const across = columns + 1
  const sums = cornerSums(film)
  const at = (row: number, column: number): number => sums[row * across + column] ?? 0
  const pixels = film.pixels.map((value, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns]
    const [top, bottom] = [Math.max(0, row - radius), Math.min(rows, row + radius + 1)]
    const [left, right] = [Math.max(0, column - radius), Math.min(columns, column + radius + 1)]
    const sum = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)
    return Math.round(value - share * (value - sum / ((bottom - top) * (right - left))))
  })
  return { ...film, pixels }
}
