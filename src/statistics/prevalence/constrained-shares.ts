import { filled } from '../inputs/counts.ts'
import { apply, inverse, multiply, type Rows, transpose } from '../maths/linear-algebra.ts'

const residual = (matrix: Rows, shares: readonly number[], target: readonly number[]): number =>
  apply(matrix, shares).reduce((sum, value, i) => sum + (value - (target[i] ?? 0)) ** 2, 0)

/** Least squares on one support with the shares summing to 1 (Lagrange multiplier); nothing where singular. */
const solveOnSupport = (
  matrix: Rows,
  target: readonly number[],
  support: readonly number[],
): number[] | undefined => {
  const columns = matrix.map((row) => support.map((j) => row[j] ?? 0))
  const across = transpose(columns)
  const normal = multiply(across, columns)
  const bordered = [...normal.map((row) => [...row, 1]), [...support.map(() => 1), 0]]
  const solved = inverse(bordered)
  if (!solved) return undefined
  const right = [...apply(across, target), 1]
  const values = apply(solved, right).slice(0, support.length)
  if (values.some((value) => value < 0)) return undefined
  const shares = filled(matrix[0]?.length ?? 0, 0)
  support.forEach((j, k) => {
    shares[j] = values[k] ?? 0
  })
  return shares
}

/**
 * Shares p ≥ 0, Σp = 1 that minimise |M p − q|²: exact, by trying every support (K classes, 2^K − 1 supports; K ≤ 6).
 * Used where M is too badly conditioned to invert.
 */
export const constrainedShares = (matrix: Rows, target: readonly number[]): number[] => {
  const classes = matrix[0]?.length ?? 0
  let best = filled(classes, 1 / classes)
  let least = Number.POSITIVE_INFINITY
  for (let mask = 1; mask < 2 ** classes; mask += 1) {
    const support = Array.from({ length: classes }, (_, j) => j).filter((j) => (mask >> j) & 1)
    const shares = solveOnSupport(matrix, target, support)
    if (!shares) continue
    const misfit = residual(matrix, shares, target)
    if (misfit < least) {
      least = misfit
      best = shares
    }
  }
  return best
}
