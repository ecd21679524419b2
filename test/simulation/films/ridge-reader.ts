import { Matrix, solve } from 'ml-matrix'

/** Rows of numbers that say something about a hip each. */
export type Features = readonly (readonly number[])[]

const scalesOf = (rows: Features): { centre: number[]; spread: number[] } => {
  const width = rows[0]?.length ?? 0
  const centre = Array.from(
    { length: width },
    (_, k) => rows.reduce((sum, row) => sum + (row[k] ?? 0), 0) / rows.length,
  )
  const spread = centre.map((mean, k) =>
    Math.sqrt(rows.reduce((sum, row) => sum + ((row[k] ?? 0) - mean) ** 2, 0) / rows.length + 1e-9),
  )
  return { centre, spread }
}

/** Fits T to standardised features by ridge regression and answers how it reads other rows. */
const fit = (rows: Features, tScores: readonly number[], penalty: number) => {
  const { centre, spread } = scalesOf(rows)
  const standardised = (row: readonly number[]) =>
    row.map((value, k) => (value - (centre[k] ?? 0)) / (spread[k] ?? 1))
  const x = new Matrix(rows.map(standardised))
  const square = x.transpose().mmul(x)
  for (let k = 0; k < square.rows; k += 1) square.set(k, k, square.get(k, k) + penalty * rows.length)
  const weights = solve(square, x.transpose().mmul(Matrix.columnVector([...tScores]))).to1DArray()
  return (row: readonly number[]): number =>
    standardised(row).reduce((sum, value, k) => sum + value * (weights[k] ?? 0), 0)
}

/** Reads each half of the rows with what was learned from the other half. */
export const readAcross = (rows: Features, tScores: readonly number[], penalty = 0.5): number[] => {
  const half =
    (which: number) =>
    <Item>(items: readonly Item[]) =>
      items.filter((_, index) => index % 2 === which)
  const readers = [0, 1].map((which) => fit(half(which)(rows), half(which)(tScores), penalty))
  return rows.map((row, index) => readers[(index + 1) % 2]?.(row) ?? 0)
}
