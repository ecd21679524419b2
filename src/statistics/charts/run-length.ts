import { normalCdf, normalDensity } from '../maths/distributions.ts'
import { solveLinear } from '../maths/linear-algebra.ts'
import { gaussLegendre } from '../maths/quadrature.ts'

const points = 48

/**
 * Average run length of a one-sided CUSUM from 0, for z ~ N(shift, 1): Page's integral equation
 * L(x) = 1 + L(0) Φ(k − x − shift) + ∫_0^h L(y) φ(y + k − x − shift) dy by Nyström's method on Gauss–Legendre nodes.
 */
const oneSidedCusum = (k: number, h: number, shift: number): number => {
  const { nodes, weights } = gaussLegendre(points, 0, h)
  const at = [0, ...nodes]
  const rows = at.map((x, i) =>
    at.map((y, j) => {
      const back =
        j === 0 ? normalCdf(k - x - shift) : (weights[j - 1] ?? 0) * normalDensity(y + k - x - shift)
      return (i === j ? 1 : 0) - back
    }),
  )
  return (
    solveLinear(
      rows,
      at.map(() => 1),
    )?.[0] ?? Number.POSITIVE_INFINITY
  )
}

/**
 * Exact average run length, in windows, of the two-sided CUSUM for standardised values with a *known* baseline and a
 * constant shift (in units of z): 1/L = 1/L⁺ + 1/L⁻ (van Dobben de Bruyn 1968). h = 5, k = .5: 465.4.
 */
export const cusumRunLength = (options: {
  readonly k?: number
  readonly h: number
  readonly shift?: number
}): number => {
  const { k = 0.5, h, shift = 0 } = options
  const up = oneSidedCusum(k, h, shift)
  const down = shift === 0 ? up : oneSidedCusum(k, h, -shift)
  return 1 / (1 / up + 1 / down)
}

/** Threshold h of a two-sided CUSUM whose average run length with a known baseline is `runLength`, by bisection. */
export const cusumThreshold = (runLength: number, k = 0.5): number => {
  let low = 0.1
  let high = 1
  while (cusumRunLength({ k, h: high }) < runLength && high < 64) high *= 2
  for (let round = 0; round < 60 && high - low > 1e-9; round += 1) {
    const middle = (low + high) / 2
    if (cusumRunLength({ k, h: middle }) < runLength) low = middle
    else high = middle
  }
  return (low + high) / 2
}

type Grid = { readonly nodes: Float64Array; readonly weights: Float64Array }

/** Chance density of each next average still inside the limits, from the density of the last one. */
const stepInside = (from: Grid, density: Float64Array, to: Grid, lambda: number, shift: number) => {
  const next = new Float64Array(to.nodes.length)
  for (let i = 0; i < next.length; i += 1) {
    let sum = 0
    for (let j = 0; j < density.length; j += 1) {
      const z = ((to.nodes[i] ?? 0) - (1 - lambda) * (from.nodes[j] ?? 0)) / lambda - shift
      sum += (from.weights[j] ?? 0) * (density[j] ?? 0) * normalDensity(z)
    }
    next[i] = sum / lambda
  }
  return next
}

const massOf = (grid: Grid, density: Float64Array): number =>
  density.reduce((sum, value, i) => sum + value * (grid.weights[i] ?? 0), 0)

/**
 * Exact average run length of an EWMA with time-varying limits, for z ~ N(shift, 1) and a known baseline: the density
 * of the average inside its limits is carried from window to window until the limits stand still, then the rest is
 * solved as a linear system. λ = .1, L = 2.814: 486.
 */
export const ewmaRunLength = (options: {
  readonly lambda: number
  readonly limit: number
  readonly shift?: number
}): number => {
  const { lambda, limit, shift = 0 } = options
  const reachAt = (t: number): number =>
    limit * Math.sqrt((lambda / (2 - lambda)) * (1 - (1 - lambda) ** (2 * t)))
  const gridAt = (t: number): Grid => gaussLegendre(points, -reachAt(t), reachAt(t))
  let grid = gridAt(1)
  let density = Float64Array.from(grid.nodes, (x) => normalDensity(x / lambda - shift) / lambda)
  let runLength = 1
  let t = 1
  for (; (1 - lambda) ** (2 * t) > 1e-13; t += 1) {
    runLength += massOf(grid, density)
    const next = gridAt(t + 1)
    density = stepInside(grid, density, next, lambda, shift)
    grid = next
  }
  // From here the limits stand still: expected further windows L = 1 + K L on the nodes, weighted by the density.
  const rows = Array.from(grid.nodes, (x, i) =>
    Array.from(grid.nodes, (y, j) => {
      const z = (y - (1 - lambda) * x) / lambda - shift
      return (i === j ? 1 : 0) - ((grid.weights[j] ?? 0) * normalDensity(z)) / lambda
    }),
  )
  const further = solveLinear(
    rows,
    Array.from(grid.nodes, () => 1),
  )
  if (!further) return Number.POSITIVE_INFINITY
  const rest = density.reduce((sum, value, i) => sum + value * (grid.weights[i] ?? 0) * (further[i] ?? 0), 0)
  return runLength + rest
}
