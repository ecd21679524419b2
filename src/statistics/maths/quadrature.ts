/** Nodes and weights of Gauss–Legendre quadrature on [low, high]; exact for polynomials up to degree 2n − 1. */
export const gaussLegendre = (
  points: number,
  low: number,
  high: number,
): { readonly nodes: Float64Array; readonly weights: Float64Array } => {
  const nodes = new Float64Array(points)
  const weights = new Float64Array(points)
  const half = (high - low) / 2
  const middle = (high + low) / 2
  for (let i = 0; i < points; i += 1) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (points + 0.5))
    let slope = 1
    for (let round = 0; round < 100; round += 1) {
      let before = 1
      let value = x
      for (let degree = 2; degree <= points; degree += 1) {
        const next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
        before = value
        value = next
      }
      slope = (points * (x * value - before)) / (x * x - 1)
      const step = value / slope
      x -= step
      if (Math.abs(step) < 1e-15) break
    }
    nodes[i] = middle - half * x
    weights[i] = (2 * half) / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}
