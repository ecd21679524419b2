import { resample } from '../../imaging/picture/crop-region.ts'
import type { GreyFilm } from '../../imaging/picture/grey-film.ts'
import { filmRangeOf } from '../../imaging/picture/inspect-region.ts'

/** The film is looked at in so many cells each way. */
const cells = 96

/** A cell bends where it differs from the line between its neighbours by this share of the film's range. */
const bendFrom = 0.01

/**
 * Edges of a body bend 14 % and more of the cells of a film, on simulated films of every view and fault, on real hips and
 * knees alike; gradients and halves 2 % at most.
 */
const fewestBends = 0.06

/** Half of the cells of a film bend less than .053 of its range, also where quanta are too few; of noise .17. */
const mostBend = 0.12

/**
 * Whether a film shows anything as a body in an X-ray does. Networks that know views only name one for gradients, halves
 * and noise as well, and a reason that speaks of a hip would be wrong.
 */
export const showsBody = (film: GreyFilm): boolean => {
  const whole = { x: 0, y: 0, width: film.columns, height: film.rows }
  const grid = resample(film, whole, cells, cells)
  const { low, high } = filmRangeOf(film)
  const greyAt = (row: number, column: number): number =>
    Math.min(high, Math.max(low, grid[row * cells + column] ?? low))
  const bends: number[] = []
  for (let row = 1; row < cells - 1; row += 1)
    for (let column = 1; column < cells - 1; column += 1) {
      const twice = 2 * greyAt(row, column)
      const across = Math.abs(greyAt(row, column - 1) + greyAt(row, column + 1) - twice)
      const down = Math.abs(greyAt(row - 1, column) + greyAt(row + 1, column) - twice)
      bends.push(Math.max(across, down) / Math.max(1, high - low))
    }
  const share = bends.filter((bend) => bend > bendFrom).length / bends.length
  const median = bends.toSorted((a, b) => a - b)[bends.length >> 1] ?? 0
  return share >= fewestBends && median <= mostBend
}
