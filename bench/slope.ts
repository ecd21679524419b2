/** A value at an instant. */
export type Sample = { readonly atS: number; readonly value: number }

/** The median of the slopes of all pairs (Theil and Sen): single peaks do not bend it. A minute, undefined under two. */
export const slopeAMinute = (samples: readonly Sample[]): number | undefined => {
  const slopes = samples.flatMap((left, index) =>
    samples.slice(index + 1).map((right) => (60 * (right.value - left.value)) / (right.atS - left.atS)),
  )
  return slopes.toSorted((a, b) => a - b)[Math.floor((slopes.length - 1) / 2)]
}
