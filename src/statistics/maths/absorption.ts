/**
 * Mean number of steps from state 0 until absorption, for a chain with chances `chance[i · size + j]` between its states
 * and `absorb[i]` of leaving them. Grassmann, Taksar & Heyman's elimination (1985): nothing is subtracted, so that the
 * mean keeps its digits however long it is. Both arrays are used up.
 */
export const stepsToAbsorption = (chance: Float64Array, absorb: Float64Array): number => {
  const size = absorb.length
  const steps = new Float64Array(size).fill(1)
  for (let s = size - 1; s > 0; s -= 1) {
    let leave = absorb[s] ?? 0
    for (let j = 0; j < s; j += 1) leave += chance[s * size + j] ?? 0
    for (let i = 0; i < s; i += 1) {
      const part = (chance[i * size + s] ?? 0) / leave
      if (part === 0) continue
      for (let j = 0; j < s; j += 1)
        chance[i * size + j] = (chance[i * size + j] ?? 0) + part * (chance[s * size + j] ?? 0)
      absorb[i] = (absorb[i] ?? 0) + part * (absorb[s] ?? 0)
      steps[i] = (steps[i] ?? 0) + part * (steps[s] ?? 0)
    }
  }
  return (steps[0] ?? 0) / (absorb[0] ?? 0)
}
