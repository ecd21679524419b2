import { numberFrom, optional, requireInputs } from '../inputs/input-rules.ts'
import { stepsToAbsorption } from '../maths/absorption.ts'
import { normalCdf, normalDensity } from '../maths/distributions.ts'
import { gaussLegendre } from '../maths/quadrature.ts'

/** Nodes of the quadrature; more where the chart is wide, because a step is one unit whatever the width. */
const fewestNodes = 48
const nodesFor = (width: number): number => Math.min(600, fewestNodes + Math.ceil(5 * Math.max(0, width - 8)))

/** Widest chart that the quadrature can carry, and the greatest reference value. */
const widest = 100

/**
 * Average run length of a one-sided CUSUM from 0, for z ~ N(shift, 1): Page's integral equation
 * L(x) = 1 + L(0) Φ(k − x − shift) + ∫_0^h L(y) φ(y + k − x − shift) dy by Nyström's method on Gauss–Legendre nodes,
 * solved as a chain that is left above h, so that a run length of 1e13 is as exact as one of 10.
 */
const oneSidedCusum = (k: number, h: number, shift: number): number => {
  const { nodes, weights } = gaussLegendre(nodesFor(h), 0, h)
  const at = [0, ...nodes]
  const chance = new Float64Array(at.length * at.length)
  const absorb = new Float64Array(at.length)
  at.forEach((x, i) => {
    absorb[i] = normalCdf(x + shift - k - h)
    at.forEach((y, j) => {
      chance[i * at.length + j] =
        j === 0 ? normalCdf(k - x - shift) : (weights[j - 1] ?? 0) * normalDensity(y + k - x - shift)
    })
  })
  return stepsToAbsorption(chance, absorb)
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
  requireInputs(options, {
    k: optional(numberFrom(0, widest)),
    h: numberFrom(1e-6, widest),
    shift: optional(numberFrom(-widest, widest)),
  })
  const { k = 0.5, h, shift = 0 } = options
  const up = oneSidedCusum(k, h, shift)
  const down = shift === 0 ? up : oneSidedCusum(k, h, -shift)
  return 1 / (1 / up + 1 / down)
}

/** Threshold h of a two-sided CUSUM whose average run length with a known baseline is `runLength`, by bisection. */
export const cusumThreshold = (runLength: number, k = 0.5): number => {
  requireInputs({ runLength, k }, { runLength: numberFrom(1, 1e15), k: numberFrom(0, widest) })
  let low = 1e-6
  let high = 1
  while (cusumRunLength({ k, h: high }) < runLength && high < widest) high = Math.min(widest, high * 1.5)
  for (let round = 0; round < 60 && high - low > 1e-9; round += 1) {
    const middle = (low + high) / 2
    if (cusumRunLength({ k, h: middle }) < runLength) low = middle
    else high = middle
  }
  return (low + high) / 2
}

type Grid = { readonly nodes: Float64Array; readonly weights: Float64Array; readonly reach: number }

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
  requireInputs(options, {
    lambda: numberFrom(0.01, 1),
    limit: numberFrom(0.01, 8),
    shift: optional(numberFrom(-widest, widest)),
  })
  const { lambda, limit, shift = 0 } = options
  const reachAt = (t: number): number =>
    limit * Math.sqrt((lambda / (2 - lambda)) * (1 - (1 - lambda) ** (2 * t)))
  const gridAt = (t: number): Grid => {
    const reach = reachAt(t)
    return { ...gaussLegendre(fewestNodes, -reach, reach), reach }
  }
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
  // A shift so large that hardly any chart lives on has no further windows.
  const alive = massOf(grid, density)
  return alive > 1e-12 ? runLength + alive * furtherWindows(grid, density, lambda, shift) : runLength
}

/** Mean windows from here on, where the limits stand still: a chain that starts in the density and is left outside. */
const furtherWindows = (grid: Grid, density: Float64Array, lambda: number, shift: number): number => {
  const size = grid.nodes.length + 1
  const chance = new Float64Array(size * size)
  const absorb = new Float64Array(size)
  const mass = massOf(grid, density)
  const edge = grid.reach
  grid.nodes.forEach((x, i) => {
    chance[i + 1] = ((density[i] ?? 0) * (grid.weights[i] ?? 0)) / mass
    const z = (limit: number): number => (limit - (1 - lambda) * x) / lambda - shift
    absorb[i + 1] = normalCdf(z(-edge)) + normalCdf(-z(edge))
    grid.nodes.forEach((y, j) => {
      chance[(i + 1) * size + j + 1] = ((grid.weights[j] ?? 0) * normalDensity(z(y))) / lambda
    })
  })
  // The step from the start into the density is no window.
  return stepsToAbsorption(chance, absorb) - 1
}
