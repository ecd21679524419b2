import { normalCdf } from '../maths/distributions.ts'

/** The statistic of the residual test of a window, with its mean and variance where the card fits. */
export type Residual = {
  readonly statistic: number
  readonly moments: { readonly mean: number; readonly variance: number }
}

/**
 * p that the residual statistic of a window has not risen above that of the window before. A card that fits neither window
 * quite makes both statistics large by the same amount λ: they are compared as non-central χ² (variance 2 (df + 2 λ), Johnson,
 * Kotz and Balakrishnan 1995, chapter 29) with λ from both, and the difference as normal.
 */
export const residualRiseP = (before: Residual, after: Residual): number => {
  const excess = ({ statistic, moments }: Residual): number => statistic - moments.mean
  const common = Math.max(0, (excess(before) + excess(after)) / 2)
  const variance = [before, after].reduce(
    (sum, { moments }) => sum + moments.variance * (1 + (2 * common) / moments.mean),
    0,
  )
  return normalCdf((excess(before) - excess(after)) / Math.sqrt(variance))
}
