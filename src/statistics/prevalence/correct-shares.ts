import {
  add,
  apply,
  inverse,
  multinomialCovariance,
  multiply,
  type Rows,
  transpose,
} from '../maths/linear-algebra.ts'
import type { LiveShares } from './live-shares.ts'
import type { SiteSpread } from './site-spread.ts'

/** What is known of the confusion matrix: P(called i | true j), people behind each column, spread between sites. */
export type KnownMatrix = {
  readonly columns: Rows
  readonly people: readonly number[]
  readonly spread: SiteSpread
}

/** p = M⁻¹ q with its covariance and the three parts that the covariance is made of. */
export type CorrectedShares = {
  readonly shares: readonly number[]
  readonly covariance: Rows
  readonly parts: { readonly live: Rows; readonly validation: Rows; readonly betweenSites: Rows }
}

const column = (rows: Rows, j: number): number[] => rows.map((row) => row[j] ?? 0)

/**
 * Corrected shares and covariance:
 * M⁻¹ [ Cov(q) + Σ_j max(p_j,0)² (diag m_j − m_j m_jᵀ)/(n_j + 1) + Σ_j p_j² S_j (1/K + 1/R) ] M⁻ᵀ,
 * K validation sites, R live clinics, S_j the spread of column j between sites (delta method; Buonaccorsi 2010).
 * Nothing where M is singular.
 */
export const correctShares = (live: LiveShares, known: KnownMatrix): CorrectedShares | undefined => {
  const back = inverse(known.columns)
  if (!back) return undefined
  const shares = apply(back, live.shares)
  const { sites, columns: spreads } = known.spread
  let validation: number[][] = live.covariance.map((row) => row.map(() => 0))
  let betweenSites = validation
  shares.forEach((share, j) => {
    const positive = Math.max(share, 0) ** 2
    const noise = multinomialCovariance(column(known.columns, j))
    validation = add(validation, noise, positive / ((known.people[j] ?? 0) + 1))
    const spread = spreads[j]
    if (sites > 1 && spread)
      betweenSites = add(betweenSites, spread, share ** 2 * (1 / sites + 1 / live.clinics))
  })
  const carry = (middle: Rows): number[][] => multiply(multiply(back, middle), transpose(back))
  const parts = {
    live: carry(live.covariance),
    validation: carry(validation),
    betweenSites: carry(betweenSites),
  }
  return { shares, covariance: add(add(parts.live, parts.validation), parts.betweenSites), parts }
}
