/** Mean of numbers. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Standard deviation of numbers. */
export const spread = (values: readonly number[]): number => {
  const centre = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
}

/** Pearson correlation of two lists of numbers of one length. */
export const correlation = (one: readonly number[], other: readonly number[]): number => {
  const [a, b] = [mean(one), mean(other)]
  const products = one.map((value, index) => (value - a) * ((other[index] ?? b) - b))
  return mean(products) / (spread(one) * spread(other))
}

/** Area under the ROC curve of scores of positives against negatives; ties count half. */
export const rankArea = (positives: readonly number[], negatives: readonly number[]): number => {
  let wins = 0
  for (const score of positives)
    for (const other of negatives) wins += score > other ? 1 : score === other ? 0.5 : 0
  return wins / (positives.length * negatives.length)
}
