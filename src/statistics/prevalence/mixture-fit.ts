/** Relative change of the log-likelihood below which EM has converged; a stop at 1e-4 in q can be .007 short. */
const tolerance = 1e-9
/** Rounds after which EM gives up. */
export const mostRounds = 5000

/** Class mix that maximises the likelihood, and how EM ended. */
export type MixtureFit = {
  readonly shares: Float64Array
  readonly rounds: number
  readonly converged: boolean
}

/**
 * EM for the weights of known components: rows of `density` (items × K, flat) hold the likelihood of each item under
 * each component up to a factor of the item; `weights` counts the items. Shares sum to 1.
 */
export const fitMixture = (
  density: Float64Array,
  weights: ArrayLike<number>,
  start: ArrayLike<number>,
): MixtureFit => {
  const classes = start.length
  const shares = Float64Array.from(start)
  const next = new Float64Array(classes)
  let people = 0
  for (let i = 0; i < weights.length; i += 1) people += weights[i] ?? 0
  let previous = Number.NEGATIVE_INFINITY
  for (let round = 1; round <= mostRounds; round += 1) {
    next.fill(0)
    let logLikelihood = 0
    for (let i = 0; i < weights.length; i += 1) {
      const weight = weights[i] ?? 0
      if (weight === 0) continue
      const at = i * classes
      let mass = 0
      for (let k = 0; k < classes; k += 1) mass += (density[at + k] ?? 0) * (shares[k] ?? 0)
      if (!(mass > 0)) continue
      logLikelihood += weight * Math.log(mass)
      const factor = weight / mass
      for (let k = 0; k < classes; k += 1) next[k] = (next[k] ?? 0) + factor * (density[at + k] ?? 0)
    }
    let sum = 0
    for (let k = 0; k < classes; k += 1) {
      shares[k] = ((shares[k] ?? 0) * (next[k] ?? 0)) / people
      sum += shares[k] ?? 0
    }
    for (let k = 0; k < classes; k += 1) shares[k] = (shares[k] ?? 0) / sum
    if (Math.abs(logLikelihood - previous) <= tolerance * Math.abs(logLikelihood))
      return { shares, rounds: round, converged: true }
    previous = logLikelihood
  }
  return { shares, rounds: mostRounds, converged: false }
}
