import upperGammaOf from '@stdlib/math-base-special-gammainc'
import logGammaOf from '@stdlib/math-base-special-gammaln'
import betaQuantileOf from '@stdlib/stats-base-dists-beta-quantile'
import binomialCdfOf from '@stdlib/stats-base-dists-binomial-cdf'
import binomialQuantileOf from '@stdlib/stats-base-dists-binomial-quantile'
import chiSquareQuantileOf from '@stdlib/stats-base-dists-chisquare-quantile'
import normalCdfOf from '@stdlib/stats-base-dists-normal-cdf'
import normalQuantileOf from '@stdlib/stats-base-dists-normal-quantile'
import tCdfOf from '@stdlib/stats-base-dists-t-cdf'
import tQuantileOf from '@stdlib/stats-base-dists-t-quantile'

/** P(Z ≤ x) for the standard normal distribution. */
export const normalCdf = (x: number): number => normalCdfOf(x, 0, 1)

/** The x with P(Z ≤ x) = p for the standard normal distribution, 0 < p < 1. */
export const normalQuantile = (p: number): number => normalQuantileOf(p, 0, 1)

/** Two-sided p of a standard normal deviate. */
export const normalTwoSided = (z: number): number => Math.min(1, 2 * normalCdf(-Math.abs(z)))

/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)

/** The x with P(T ≤ x) = p for Student's t with `df` > 0 degrees of freedom. */
export const tQuantile = (p: number, df: number): number => tQuantileOf(p, df)

/** Two-sided p of Student's t with `df` degrees of freedom. */
export const tTwoSided = (t: number, df: number): number => Math.min(1, 2 * tCdfOf(-Math.abs(t), df))

/** P(X > x) for χ² with `df` > 0 degrees of freedom (fractional ones allowed). */
export const chiSquareTail = (x: number, df: number): number =>
  x <= 0 ? 1 : Math.min(1, Math.max(0, upperGammaOf(x / 2, df / 2, true, true)))

/** The x with P(X ≤ x) = p for χ² with `df` > 0 degrees of freedom. */
export const chiSquareQuantile = (p: number, df: number): number => chiSquareQuantileOf(p, df)

/** The x with P(X ≤ x) = p for a beta distribution, a > 0, b > 0. */
export const betaQuantile = (p: number, a: number, b: number): number => betaQuantileOf(p, a, b)

/** P(X ≤ k) for k successes in n trials of chance p. */
export const binomialCdf = (k: number, n: number, p: number): number => (k < 0 ? 0 : binomialCdfOf(k, n, p))

/** Smallest k with P(X ≤ k) ≥ q for n trials of chance p. */
export const binomialQuantile = (q: number, n: number, p: number): number => binomialQuantileOf(q, n, p)

/** ln Γ(x), x > 0. */
export const logGamma = (x: number): number => logGammaOf(x)
