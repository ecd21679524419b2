import { listOf, numberFrom, requireInputs } from '../inputs/input-rules.ts'
/**
 * Euclidean projection of a point onto the simplex of shares: non-negative, sum 1
 * (Duchi, Shalev-Shwartz, Singer & Chandra 2008). A point on the simplex comes back unchanged up to rounding.
 */
export const projectOntoSimplex = (point: ArrayLike<number>): number[] => {
  requireInputs({ point }, { point: listOf(numberFrom()) })
  const descending = Float64Array.from(point).sort().reverse()
  let sum = 0
  let shift = 0
  for (let i = 0; i < descending.length; i += 1) {
    const value = descending[i] ?? 0
    sum += value
    const candidate = (sum - 1) / (i + 1)
    if (value - candidate > 0) shift = candidate
  }
  return Array.from(point, (value) => Math.max(0, value - shift))
}
