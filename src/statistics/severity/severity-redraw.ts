import { total } from '../inputs/counts.ts'
import { drawChiSquare, drawMultinomial, drawNormal } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'
import type { SeverityCard } from './severity-card.ts'

/** Spread that the starting distribution gives to every cell, as a share of the people. */
const everywhere = 0.05

const spreadInCells = (counts: ArrayLike<number>, people: number): number => {
  let mean = 0
  let square = 0
  for (let c = 0; c < counts.length; c += 1) {
    mean += (c * (counts[c] ?? 0)) / people
    square += (c * c * (counts[c] ?? 0)) / people
  }
  return Math.sqrt(Math.max(0, square - mean * mean))
}

/**
 * Starting distribution of EM: the card's own T distribution, smoothed by a Gaussian kernel (Silverman's bandwidth),
 * plus 5 % spread evenly, because EM never gives weight to a cell that starts with none. Shares sum to 1.
 */
export const startOf = (cellCounts: ArrayLike<number>): Float64Array => {
  const people = total(cellCounts)
  const cells = cellCounts.length
  const bandwidth = Math.max(1, 1.06 * spreadInCells(cellCounts, people) * people ** -0.2)
  const kernel = Float64Array.from({ length: cells }, (_, gap) => Math.exp(-0.5 * (gap / bandwidth) ** 2))
  const start = new Float64Array(cells)
  for (let k = 0; k < cells; k += 1) {
    const count = cellCounts[k] ?? 0
    if (count === 0) continue
    for (let c = 0; c < cells; c += 1) start[c] = (start[c] ?? 0) + count * (kernel[Math.abs(c - k)] ?? 0)
  }
  const mass = total(start)
  return start.map((value) => ((1 - everywhere) * value) / mass + everywhere / cells)
}

/**
 * Another card of the same size, as sampling could have given it: cells redrawn (multinomial), and the response either
 * from the normal theory of the line (spread² by χ², height and slope normal) or by redrawing the joint counts.
 */
export const redrawCard = (card: SeverityCard, random: Random): SeverityCard => {
  const { response } = card
  if (response.kind === 'kernel') {
    const bins = card.edges.length + 1
    const flat = drawMultinomial(
      random,
      card.people,
      response.joint.flat(),
      new Float64Array(card.grid.cells * bins),
    )
    const joint = response.joint.map((_, c) => Array.from(flat.subarray(c * bins, (c + 1) * bins)))
    const cellCounts = joint.map((row) => row.reduce((sum, count) => sum + count, 0))
    return { ...card, cellCounts, response: { ...response, joint } }
  }
  const { line } = response
  const freedom = line.people - 2
  const spread = line.spread * Math.sqrt(drawChiSquare(random, freedom) / freedom)
  const slope = line.slope + (line.spread / Math.sqrt(line.sumOfSquaresX)) * drawNormal(random)
  const height =
    line.intercept + line.slope * line.meanX + (line.spread / Math.sqrt(line.people)) * drawNormal(random)
  const drawn = { ...line, slope, spread, intercept: height - slope * line.meanX }
  const cellCounts = Array.from(
    drawMultinomial(random, card.people, card.cellCounts, new Float64Array(card.grid.cells)),
  )
  return { ...card, cellCounts, response: { kind: 'location-scale', line: drawn } }
}
