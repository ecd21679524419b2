import type { Interval } from '../intervals/interval.ts'
import { apply, inverse, type Rows } from '../maths/linear-algebra.ts'
import { projectOntoSimplex } from '../maths/simplex.ts'

/** How far, in log-odds, an unseen clinic's matrix may lie from the only validation site's. */
const reach = 0.3

const shiftEntry = (rows: Rows, i: number, j: number, logOdds: number): number[][] => {
  const old = rows[i]?.[j] ?? 0
  const next = 1 / (1 + Math.exp(-(Math.log(old / (1 - old)) + logOdds)))
  const rest = old < 1 ? (1 - next) / (1 - old) : 0
  return rows.map((row, r) =>
    row.map((value, c) => {
      if (c !== j) return value
      return r === i ? next : value * rest
    }),
  )
}

/**
 * Corrected shares over matrices that differ from the only validation site's by ±.3 log-odds on sensitivity for
 * class 0 and on class 1 being called 0: the least and the greatest share of each class among the four corners.
 */
export const bandOfOneSite = (shares: readonly number[], columns: Rows, level: number): Interval[] => {
  const corners: number[][] = []
  for (const onSensitivity of [-reach, reach])
    for (const onNeighbour of [-reach, reach]) {
      const shifted = shiftEntry(shiftEntry(columns, 0, 0, onSensitivity), 0, 1, onNeighbour)
      const back = inverse(shifted)
      if (back) corners.push(projectOntoSimplex(apply(back, shares)))
    }
  if (corners.length === 0) return []
  return shares.map((_, k) => {
    const values = corners.map((corner) => corner[k] ?? 0)
    return { low: Math.min(...values), high: Math.max(...values), level }
  })
}
