import { type Answer, answer, noAnswer, warn } from '../answer.ts'
import { faultInInputs, listOf, numberFrom } from '../inputs/input-rules.ts'

/** Greatest distance between two empirical distributions, its p, and how the p was found. */
export type KolmogorovSmirnov = {
  readonly distance: number
  readonly p: number
  readonly method: 'exact' | 'asymptotic'
}

/** Above this product of sizes the asymptotic p is used. */
const exactUpTo = 10_000

/** P(√n D > x) in the limit (Kolmogorov 1933), by the series that converges fastest at x. */
export const kolmogorovTail = (x: number): number => {
  if (x <= 0) return 1
  if (x < 1.18) {
    const factor = Math.exp(-(Math.PI ** 2) / (8 * x * x))
    let sum = 0
    for (let k = 1; k <= 15; k += 2) sum += factor ** (k * k)
    return Math.min(1, Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum))
  }
  let sum = 0
  for (let k = 1; k <= 20; k += 1) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x)
  return Math.min(1, Math.max(0, 2 * sum))
}

/**
 * Exact P(D ≥ d) without ties: chance that a random lattice path from (0,0) to (n,m) leaves the band |i·m − j·n| < D
 * (Hodges 1958), by forward recursion on the chance of having left, so that small p keep their digits.
 * `scaled` is d · n · m, a whole number.
 */
export const exactTail = (n: number, m: number, scaled: number): number => {
  const left = new Float64Array(m + 1)
  for (let i = 0; i <= n; i += 1)
    for (let j = 0; j <= m; j += 1) {
      if (Math.abs(i * m - j * n) >= scaled) left[j] = 1
      else if (i + j > 0) {
        const fromAbove = i > 0 ? (left[j] ?? 0) * (i / (i + j)) : 0
        const fromBefore = j > 0 ? (left[j - 1] ?? 0) * (j / (i + j)) : 0
        left[j] = fromAbove + fromBefore
      }
    }
  return left[m] ?? 1
}

const conclude = (n: number, m: number, scaled: number, tied: boolean): Answer<KolmogorovSmirnov> => {
  const distance = scaled / (n * m)
  if (n * m > exactUpTo) {
    const p = kolmogorovTail(distance * Math.sqrt((n * m) / (n + m)))
    return answer({ distance, p, method: 'asymptotic' })
  }
  const notes = tied ? [warn('asymptotic', 'tied values make the exact p too large')] : []
  return answer({ distance, p: scaled === 0 ? 1 : exactTail(n, m, scaled), method: 'exact' }, notes)
}

/**
 * Two-sample Kolmogorov–Smirnov test of one number a person: exact p where n·m ≤ 10,000, else asymptotic.
 * Ties only make it conservative. No answer: empty, invalid-input (values that are not finite).
 */
export const kolmogorovSmirnov = (input: {
  readonly reference: ArrayLike<number>
  readonly live: ArrayLike<number>
}): Answer<KolmogorovSmirnov> => {
  const fault = faultInInputs(input, { reference: listOf(numberFrom()), live: listOf(numberFrom()) })
  if (fault) return fault
  for (const name of ['reference', 'live'] as const)
    if (input[name].length === 0) return noAnswer('empty', `${name}: no values`)
  const x = Float64Array.from(input.reference).sort()
  const y = Float64Array.from(input.live).sort()
  let i = 0
  let j = 0
  let scaled = 0
  let tied = false
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] ?? 0, y[j] ?? 0)
    const before = i + j
    while (i < x.length && x[i] === value) i += 1
    while (j < y.length && y[j] === value) j += 1
    tied ||= i + j - before > 1
    scaled = Math.max(scaled, Math.abs(i * y.length - j * x.length))
  }
  return conclude(x.length, y.length, scaled, tied)
}
