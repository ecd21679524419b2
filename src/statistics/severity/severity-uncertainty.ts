import { normalDensity } from '../maths/distributions.ts'
import type { SeverityCard } from './severity-card.ts'
import { middleOf } from './severity-cells.ts'
import { kernelWeights, type ResponseTable } from './severity-response.ts'

/** Covariance of the predicted bin shares at one T distribution: a diagonal plus outer products of directions. */
export type CardSpread = {
  readonly variance: Float64Array
  readonly diagonal: Float64Array
  readonly directions: readonly Float64Array[]
}

/** How the card's own sampling error moves the bin shares that it predicts for a distribution of T. */
export type CardError = {
  readonly varianceOf: (hidden: Float64Array) => Float64Array
  readonly spreadOf: (hidden: Float64Array) => CardSpread
}

/** Gradients of the bin chances of each cell along the line's height, slope and spread, each scaled to one sd. */
const lineGradients = (card: SeverityCard): Float64Array[] => {
  if (card.response.kind !== 'location-scale') return []
  const { line } = card.response
  const bins = card.edges.length + 1
  const height = new Float64Array(card.grid.cells * bins)
  const slope = new Float64Array(height.length)
  const spread = new Float64Array(height.length)
  const ofHeight = 1 / Math.sqrt(line.people)
  const ofSlope = line.spread / Math.sqrt(line.sumOfSquaresX)
  const ofSpread = 1 / Math.sqrt(2 * (line.people - 2))
  for (let c = 0; c < card.grid.cells; c += 1) {
    const t = middleOf(card.grid, c)
    const mean = line.intercept + line.slope * t
    let before = 0
    let beforeZ = 0
    for (let b = 0; b < bins; b += 1) {
      const z = b < card.edges.length ? ((card.edges[b] ?? 0) - mean) / line.spread : Number.POSITIVE_INFINITY
      const density = Number.isFinite(z) ? normalDensity(z) : 0
      const weighted = Number.isFinite(z) ? z * density : 0
      const at = c * bins + b
      // dΦ((e − μ)/σ)/dμ = −φ/σ and dΦ/dσ = −zφ/σ; one sd of μ's height is σ/√n, of σ it is σ/√(2(n−2)).
      height[at] = -(density - before) * ofHeight
      slope[at] = (-(density - before) / line.spread) * ofSlope * (t - line.meanX)
      spread[at] = -(weighted - beforeZ) * ofSpread
      before = density
      beforeZ = weighted
    }
  }
  return [height, slope, spread]
}

const lineError = (card: SeverityCard): CardError => {
  const gradients = lineGradients(card)
  const bins = card.edges.length + 1
  const directionsAt = (hidden: Float64Array): Float64Array[] =>
    gradients.map((gradient) => {
      const moved = new Float64Array(bins)
      for (let c = 0; c < hidden.length; c += 1) {
        const share = hidden[c] ?? 0
        if (share < 1e-9) continue
        const at = c * bins
        for (let b = 0; b < bins; b += 1) moved[b] = (moved[b] ?? 0) + share * (gradient[at + b] ?? 0)
      }
      return moved
    })
  const sumOfSquares = (directions: readonly Float64Array[]): Float64Array => {
    const variance = new Float64Array(bins)
    for (const direction of directions)
      for (let b = 0; b < bins; b += 1) variance[b] = (variance[b] ?? 0) + (direction[b] ?? 0) ** 2
    return variance
  }
  return {
    varianceOf: (hidden) => sumOfSquares(directionsAt(hidden)),
    spreadOf: (hidden) => {
      const directions = directionsAt(hidden)
      return { variance: sumOfSquares(directions), diagonal: new Float64Array(bins), directions }
    },
  }
}

/** Binomial noise of the card's people in each cell, carried by the kernel's weights; bins taken as independent. */
const kernelError = (card: SeverityCard, table: ResponseTable): CardError => {
  const cells = card.grid.cells
  const weights =
    card.response.kind === 'kernel'
      ? kernelWeights(card.response, card.grid)
      : new Float64Array(cells * cells)
  const varianceOf = (hidden: Float64Array): Float64Array => {
    const variance = new Float64Array(table.bins)
    for (let k = 0; k < cells; k += 1) {
      const people = card.cellCounts[k] ?? 0
      if (people === 0) continue
      let reach = 0
      for (let c = 0; c < cells; c += 1) reach += (hidden[c] ?? 0) * (weights[c * cells + k] ?? 0)
      const end = table.last[k] ?? 0
      let at = table.offset[k] ?? 0
      for (let b = table.first[k] ?? 0; b < end; b += 1) {
        const chance = table.chance[at] ?? 0
        variance[b] = (variance[b] ?? 0) + reach * reach * people * chance * (1 - chance)
        at += 1
      }
    }
    return variance
  }
  return {
    varianceOf,
    spreadOf: (hidden) => {
      const variance = varianceOf(hidden)
      return { variance, diagonal: variance, directions: [] }
    },
  }
}

/** Sampling error of the predicted bin shares that comes from the card's own size (delta method). */
export const cardErrorOf = (card: SeverityCard, table: ResponseTable): CardError =>
  card.response.kind === 'location-scale' ? lineError(card) : kernelError(card, table)
