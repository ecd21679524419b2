/** Person of each film; two hips of a person are one cluster. */
export type Clusters = ArrayLike<string | number>

/** Person index of each film, 0 … persons − 1; each film is its own person where no clusters are given. */
export const indexClusters = (films: number, clusters?: Clusters): [Int32Array, number] => {
  const index = new Int32Array(films)
  const known = new Map<string | number, number>()
  for (let i = 0; i < films; i += 1) {
    const key = clusters ? (clusters[i] ?? i) : i
    const before = known.get(key)
    if (before === undefined) {
      index[i] = known.size
      known.set(key, known.size)
    } else index[i] = before
  }
  return [index, known.size]
}

/**
 * Variance of a mean from the influence of each film on it, films of a person summed first: m/(m − 1) Σ_persons
 * (Σ influence)²/n². Needs two persons; 0 with fewer.
 */
export const clusteredVariance = (influence: ArrayLike<number>, clusters?: Clusters): number => {
  const films = influence.length
  const [person, persons] = indexClusters(films, clusters)
  if (persons < 2) return 0
  const sums = new Float64Array(persons)
  for (let i = 0; i < films; i += 1) {
    const at = person[i] ?? 0
    sums[at] = (sums[at] ?? 0) + (influence[i] ?? 0)
  }
  const squares = sums.reduce((sum, value) => sum + value * value, 0)
  return ((persons / (persons - 1)) * squares) / (films * films)
}

/** Films a person of this mix counts for where hips of a person always agree: Σ films²/films, 1 with one film each. */
export const fullDesignEffect = (films: number, clusters?: Clusters): number => {
  const [person, persons] = indexClusters(films, clusters)
  const sizes = new Float64Array(persons)
  for (let i = 0; i < films; i += 1) {
    const at = person[i] ?? 0
    sizes[at] = (sizes[at] ?? 0) + 1
  }
  return sizes.reduce((sum, size) => sum + size * size, 0) / films
}
