import { drawChiSquare, drawMultinomial, drawNormal } from './draws.ts'
import type { Random } from './random.ts'
import type { SeverityCard } from './severity-card.ts'

/** Starting distribution of EM: the card's own T distribution, 1/2 added to each cell. */
export const startOf = (cellCounts: ArrayLike<number>): Float64Array => {
  const start = Float64Array.from(cellCounts, (count) => count + 0.5)
  let sum = 0
  for (let c = 0; c < start.length; c += 1) sum += start[c] ?? 0
  return start.map((value) => value / sum)
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
