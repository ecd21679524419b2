import { filled } from '../inputs/counts.ts'
import { chiSquareTail, tTwoSided } from './distributions.ts'
import { apply, inverse, type Rows } from './linear-algebra.ts'

/** Straight line of y on x with the sums that a redraw needs: y = intercept + slope·x + spread·noise. */
export type Line = {
  readonly intercept: number
  readonly slope: number
  /** Residual standard deviation (n − 2 in the divisor), in units of y. */
  readonly spread: number
  readonly people: number
  readonly meanX: number
  readonly sumOfSquaresX: number
}

/** p-values of the three assumptions of a straight line with constant, normal spread. */
export type LineChecks = { readonly linear: number; readonly constantSpread: number; readonly normal: number }

/** Least-squares line; nothing where x does not vary or fewer than 3 points are given. */
export const fitLine = (x: ArrayLike<number>, y: ArrayLike<number>): Line | undefined => {
  const people = x.length
  if (people < 3) return undefined
  let meanX = 0
  let meanY = 0
  for (let i = 0; i < people; i += 1) {
    meanX += (x[i] ?? 0) / people
    meanY += (y[i] ?? 0) / people
  }
  let sxx = 0
  let sxy = 0
  let syy = 0
  for (let i = 0; i < people; i += 1) {
    const dx = (x[i] ?? 0) - meanX
    const dy = (y[i] ?? 0) - meanY
    sxx += dx * dx
    sxy += dx * dy
    syy += dy * dy
  }
  if (!(sxx > 0)) return undefined
  const slope = sxy / sxx
  const spread = Math.sqrt(Math.max(0, syy - slope * sxy) / (people - 2))
  return { intercept: meanY - slope * meanX, slope, spread, people, meanX, sumOfSquaresX: sxx }
}

const crossProducts = (rows: readonly (readonly number[])[]): number[][] => {
  const size = rows[0]?.length ?? 0
  const sums = Array.from({ length: size }, () => filled(size, 0))
  for (const row of rows)
    for (let i = 0; i < size; i += 1) {
      const target = sums[i]
      if (target)
        for (let j = 0; j < size; j += 1) target[j] = (target[j] ?? 0) + (row[i] ?? 0) * (row[j] ?? 0)
    }
  return sums
}

/** Coefficients, their covariance factor (XᵀX)⁻¹ and residual sum of squares of a least-squares fit. */
const leastSquares = (
  design: readonly (readonly number[])[],
  y: readonly number[],
): { beta: number[]; inverted: Rows; rss: number } | undefined => {
  const inverted = inverse(crossProducts(design))
  if (!inverted) return undefined
  const moments = (design[0] ?? []).map((_, j) =>
    design.reduce((sum, row, i) => sum + (row[j] ?? 0) * (y[i] ?? 0), 0),
  )
  const beta = apply(inverted, moments)
  const rss = design.reduce((sum, row, i) => {
    const fitted = row.reduce((at, value, j) => at + value * (beta[j] ?? 0), 0)
    return sum + ((y[i] ?? 0) - fitted) ** 2
  }, 0)
  return { beta, inverted, rss }
}

/**
 * Checks a line: t-test of a quadratic term, Koenker's studentised Breusch–Pagan test (1981) on x and x², and
 * Jarque–Bera's test (1980) of the residuals. Each is a p-value; 1 where it cannot be computed.
 */
export const checkLine = (line: Line, x: ArrayLike<number>, y: ArrayLike<number>): LineChecks => {
  const centred = Array.from(x, (value) => value - line.meanX)
  const residuals = Array.from(y, (value, i) => value - line.intercept - line.slope * (x[i] ?? 0))
  const design = centred.map((value) => [1, value, value * value])
  const curved = leastSquares(design, Array.from(y))
  const squares = residuals.map((value) => value * value)
  const spreadFit = leastSquares(design, squares)
  const n = residuals.length
  const meanSquare = squares.reduce((sum, value) => sum + value, 0) / n
  const totalSquares = squares.reduce((sum, value) => sum + (value - meanSquare) ** 2, 0)
  let linear = 1
  if (curved && n > 3 && curved.rss > 0) {
    const error = Math.sqrt((curved.rss / (n - 3)) * (curved.inverted[2]?.[2] ?? 0))
    if (error > 0) linear = tTwoSided((curved.beta[2] ?? 0) / error, n - 3)
  }
  const explained = spreadFit && totalSquares > 0 ? 1 - spreadFit.rss / totalSquares : 0
  const third = residuals.reduce((sum, value) => sum + value ** 3, 0) / n
  const fourth = residuals.reduce((sum, value) => sum + value ** 4, 0) / n
  const skew = meanSquare > 0 ? third / meanSquare ** 1.5 : 0
  const excess = meanSquare > 0 ? fourth / meanSquare ** 2 - 3 : 0
  return {
    linear,
    constantSpread: chiSquareTail(Math.max(0, n * explained), 2),
    normal: chiSquareTail((n / 6) * (skew * skew + (excess * excess) / 4), 2),
  }
}
