import { createHash } from 'node:crypto'

/** Numbers in [0, 1), the same on every machine for the same seed. */
export type Random = () => number

/** A stream of random numbers of its own for each list of names under a seed (sfc32, seeded by SHA-256). */
export const randomFor = (seed: number, ...names: readonly (string | number)[]): Random => {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...names]))
    .digest()
  let [a, b, c, counter] = [
    digest.readInt32LE(0),
    digest.readInt32LE(4),
    digest.readInt32LE(8),
    digest.readInt32LE(12),
  ]
  return () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 0x1_0000_0000
  }
}

/** A whole number in [0, limit). */
export const below = (random: Random, limit: number): number => Math.floor(random() * limit)

/** One of the items, all alike. */
export const oneOf = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item =>
  items[below(random, items.length)] ?? items[0]

/** The index that a weighted draw falls on; the weights need not sum to one. */
export const weightedIndex = (random: Random, weights: readonly number[]): number => {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return index
  }
  return weights.length - 1
}

/** The same items in a random order. */
export const shuffled = <Item>(random: Random, items: readonly Item[]): Item[] => {
  const drawn = items.map((item) => ({ item, order: random() }))
  return drawn.toSorted((one, other) => one.order - other.order).map(({ item }) => item)
}
