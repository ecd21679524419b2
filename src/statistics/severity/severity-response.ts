import { normalCdf } from '../maths/distributions.ts'
import type { Line } from '../maths/regression.ts'
import type { SeverityCard, SeverityResponse } from './severity-card.ts'
import { middleOf, type SeverityCells } from './severity-cells.ts'

/**
 * h(b | T): the chance of each score bin in each T cell. Only the bins from `first` up to `first + length` of a cell
 * are stored (the others are below 1e-9), one cell after the other from `offset` on.
 */
export type ResponseTable = {
  readonly bins: number
  readonly cells: number
  readonly first: Int32Array
  readonly last: Int32Array
  readonly offset: Int32Array
  readonly chance: Float64Array
}

const least = 1e-9
/** Chance that the kernel gives to every bin, whatever the card's people did. */
const rarest = 1e-5

const packRows = (dense: Float64Array, cells: number, bins: number): ResponseTable => {
  const first = new Int32Array(cells)
  const last = new Int32Array(cells)
  const offset = new Int32Array(cells + 1)
  const chance = new Float64Array(cells * bins)
  let used = 0
  for (let c = 0; c < cells; c += 1) {
    let from = 0
    let to = bins
    while (from < bins - 1 && (dense[c * bins + from] ?? 0) < least) from += 1
    while (to > from + 1 && (dense[c * bins + to - 1] ?? 0) < least) to -= 1
    first[c] = from
    last[c] = to
    offset[c] = used
    let mass = 0
    for (let b = from; b < to; b += 1) mass += dense[c * bins + b] ?? 0
    for (let b = from; b < to; b += 1) {
      chance[used] = (dense[c * bins + b] ?? 0) / mass
      used += 1
    }
  }
  offset[cells] = used
  return { bins, cells, first, last, offset, chance: chance.subarray(0, used) }
}

/** Chances under a line: normal scores around intercept + slope · T, cut at the edges. */
const fromLine = (line: Line, edges: ArrayLike<number>, grid: SeverityCells): ResponseTable => {
  const bins = edges.length + 1
  const dense = new Float64Array(grid.cells * bins)
  for (let c = 0; c < grid.cells; c += 1) {
    const mean = line.intercept + line.slope * middleOf(grid, c)
    let below = 0
    for (let b = 0; b < bins; b += 1) {
      const z = b < edges.length ? ((edges[b] ?? 0) - mean) / line.spread : 9
      const upTo = z >= 8 ? 1 : z <= -8 ? 0 : normalCdf(z)
      dense[c * bins + b] = upTo - below
      below = upTo
    }
  }
  return packRows(dense, grid.cells, bins)
}

type Kernel = Extract<SeverityResponse, { readonly kind: 'kernel' }>

/** Sums of kernel weights around cell c, widened until they hold five people of the card or more. */
const kernelSums = (kernel: Kernel, people: Float64Array, grid: SeverityCells, c: number) => {
  for (let widen = 1; ; widen *= 2) {
    let s0 = 0
    let s1 = 0
    let s2 = 0
    const reach = kernel.bandwidth * widen
    for (let k = 0; k < people.length; k += 1) {
      const gap = (k - c) * grid.width
      const weight = Math.exp(-0.5 * (gap / reach) ** 2) * (people[k] ?? 0)
      s0 += weight
      s1 += weight * gap
      s2 += weight * gap * gap
    }
    if (s0 >= 5 || widen >= 64) return { reach, s0, s1, s2 }
  }
}

/**
 * Local-linear smoothing weights (Fan 1992), cells × cells: row c says how much one person in cell k counts for
 * h(b | T in c). Each row times the people in the cells sums to 1.
 */
export const kernelWeights = (kernel: Kernel, grid: SeverityCells): Float64Array => {
  const people = Float64Array.from(kernel.joint, (row) => row.reduce((sum, count) => sum + count, 0))
  const weights = new Float64Array(grid.cells * grid.cells)
  for (let c = 0; c < grid.cells; c += 1) {
    const { reach, s0, s1, s2 } = kernelSums(kernel, people, grid, c)
    const determinant = s0 * s2 - s1 * s1
    const local = determinant > 1e-9 * s0 * s0
    for (let k = 0; k < grid.cells; k += 1) {
      const gap = (k - c) * grid.width
      const weight = Math.exp(-0.5 * (gap / reach) ** 2)
      weights[c * grid.cells + k] = local ? (weight * (s2 - s1 * gap)) / determinant : weight / s0
    }
  }
  return weights
}

/** Weighted shares of scores up to each edge, clipped to [0, 1] and made to rise with the edge. */
const fromKernel = (kernel: Kernel, grid: SeverityCells, bins: number): ResponseTable => {
  const weights = kernelWeights(kernel, grid)
  const dense = new Float64Array(grid.cells * bins)
  const upTo = new Float64Array(bins)
  for (let c = 0; c < grid.cells; c += 1) {
    upTo.fill(0)
    kernel.joint.forEach((row, k) => {
      const weight = weights[c * grid.cells + k] ?? 0
      for (let b = 0; b < bins; b += 1) upTo[b] = (upTo[b] ?? 0) + weight * (row[b] ?? 0)
    })
    let sum = 0
    let below = 0
    for (let b = 0; b < bins; b += 1) {
      sum += upTo[b] ?? 0
      const level = b === bins - 1 ? 1 : Math.min(1, Math.max(below, sum))
      // No bin is impossible: a person in a bin of chance zero would drop out of the fit.
      dense[c * bins + b] = level - below + rarest
      below = level
    }
  }
  return packRows(dense, grid.cells, bins)
}

/** Builds h(b | T) of a card on its own cells and bins. */
export const responseOf = (card: Pick<SeverityCard, 'response' | 'edges' | 'grid'>): ResponseTable =>
  card.response.kind === 'location-scale'
    ? fromLine(card.response.line, card.edges, card.grid)
    : fromKernel(card.response, card.grid, card.edges.length + 1)

/** Chance of bin b in cell c. */
export const chanceOf = (table: ResponseTable, cell: number, bin: number): number => {
  const first = table.first[cell] ?? 0
  if (bin < first || bin >= (table.last[cell] ?? 0)) return 0
  return table.chance[(table.offset[cell] ?? 0) + bin - first] ?? 0
}
