import { EigenvalueDecomposition, LuDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix'
import { filled } from '../inputs/counts.ts'

/** Rows of numbers, all of one length. */
export type Rows = readonly (readonly number[])[]

/** Entry of a matrix; rows and columns count from 0. */
export const entry = (rows: Rows, row: number, column: number): number => rows[row]?.[column] ?? 0

/** Turns columns into rows. */
export const transpose = (rows: Rows): number[][] =>
  Array.from({ length: rows[0]?.length ?? 0 }, (_, j) => rows.map((row) => row[j] ?? 0))

/** Matrix product. */
export const multiply = (left: Rows, right: Rows): number[][] =>
  left.map((row) => {
    const sums = filled(right[0]?.length ?? 0, 0)
    row.forEach((value, k) => {
      right[k]?.forEach((other, j) => {
        sums[j] = (sums[j] ?? 0) + value * other
      })
    })
    return sums
  })

/** Matrix times vector. */
export const apply = (rows: Rows, vector: ArrayLike<number>): number[] =>
  rows.map((row) => row.reduce((sum, value, j) => sum + value * (vector[j] ?? 0), 0))

/** Sum of two matrices of one shape, the second one times `factor`. */
export const add = (left: Rows, right: Rows, factor = 1): number[][] =>
  left.map((row, i) => row.map((value, j) => value + factor * entry(right, i, j)))

/** Inverse of a square matrix, or nothing where it is singular. */
export const inverse = (rows: Rows): number[][] | undefined => {
  const decomposition = new LuDecomposition(new Matrix(rows.map((row) => [...row])))
  if (decomposition.isSingular()) return undefined
  const result = decomposition.solve(Matrix.eye(rows.length)).to2DArray()
  return result.every((row) => row.every(Number.isFinite)) ? result : undefined
}

/** Solves A x = b, or nothing where A is singular. */
export const solveLinear = (rows: Rows, right: readonly number[]): number[] | undefined => {
  const decomposition = new LuDecomposition(new Matrix(rows.map((row) => [...row])))
  if (decomposition.isSingular()) return undefined
  return decomposition.solve(Matrix.columnVector([...right])).to1DArray()
}

/** Condition number in the 2-norm; Infinity for a singular matrix. */
export const conditionNumber = (rows: Rows): number => {
  const singular = new SingularValueDecomposition(new Matrix(rows.map((row) => [...row]))).diagonal
  const least = Math.min(...singular)
  return least > 0 ? Math.max(...singular) / least : Number.POSITIVE_INFINITY
}

/** Nearest positive semi-definite matrix of a symmetric one: negative eigenvalues become 0. */
export const floorEigenvalues = (rows: Rows): number[][] => {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    new Matrix(rows.map((row) => [...row])),
    { assumeSymmetric: true },
  )
  const vectors = eigenvectorMatrix.to2DArray()
  const scaled = vectors.map((row) => row.map((value, k) => value * Math.max(0, realEigenvalues[k] ?? 0)))
  return multiply(scaled, transpose(vectors))
}

/** A root R with R Rᵀ = the given symmetric, positive semi-definite matrix. */
export const symmetricRoot = (rows: Rows): number[][] => {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    new Matrix(rows.map((row) => [...row])),
    { assumeSymmetric: true },
  )
  return eigenvectorMatrix
    .to2DArray()
    .map((row) => row.map((value, k) => value * Math.sqrt(Math.max(0, realEigenvalues[k] ?? 0))))
}

/** Covariance matrix of one multinomial draw with these shares: diag(p) − p pᵀ. */
export const multinomialCovariance = (shares: ArrayLike<number>): number[][] =>
  Array.from(shares, (p, i) => Array.from(shares, (q, j) => (i === j ? p : 0) - p * q))
