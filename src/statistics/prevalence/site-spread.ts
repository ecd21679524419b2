import { filled } from '../inputs/counts.ts'
import { add, floorEigenvalues, multinomialCovariance, type Rows } from '../maths/linear-algebra.ts'
import { type ConfusionCounts, columnTotals } from './confusion-matrix.ts'

/**
 * How much column j of the confusion matrix differs between validation sites, beyond sampling noise. `sites` is what the
 * worst column has: sites that share no class say nothing of each other.
 */
export type SiteSpread = { readonly sites: number; readonly columns: readonly Rows[] }

/** People of a class below which a site says nothing of how sites differ. */
const fewestInColumn = 2

const zeros = (size: number): number[][] => Array.from({ length: size }, () => filled(size, 0))

const columnSpread = (sites: readonly ConfusionCounts[], column: number): number[][] => {
  const size = sites[0]?.length ?? 0
  const used = sites
    .map((site) => ({
      people: columnTotals(site)[column] ?? 0,
      counts: site.map((row) => row[column] ?? 0),
    }))
    .filter(({ people }) => people >= fewestInColumn)
  if (used.length < 2) return zeros(size)
  const shares = used.map(({ people, counts }) => counts.map((count) => count / people))
  const mean = Array.from(
    { length: size },
    (_, i) => shares.reduce((sum, share) => sum + (share[i] ?? 0), 0) / used.length,
  )
  let covariance = zeros(size)
  let noise = zeros(size)
  used.forEach(({ people }, s) => {
    const gap = mean.map((value, i) => (shares[s]?.[i] ?? 0) - value)
    const outer = gap.map((left) => gap.map((right) => left * right))
    covariance = add(covariance, outer, 1 / (used.length - 1))
    // n − 1 makes the plug-in variance unbiased where the column has more than one person.
    const divisor = used.length * Math.max(1, people - 1)
    noise = add(noise, multinomialCovariance(shares[s] ?? []), 1 / divisor)
  })
  return floorEigenvalues(add(covariance, noise, -1))
}

/** The least number of sites with people of a class, over classes; 1 where a class has one site only. */
const sitesThatShare = (sites: readonly ConfusionCounts[]): number =>
  Math.max(
    1,
    Math.min(
      ...(sites[0] ?? []).map(
        (_, j) => sites.filter((site) => (columnTotals(site)[j] ?? 0) >= fewestInColumn).length,
      ),
    ),
  )

/**
 * Covariance of each column of the confusion matrix between sites, less the sampling noise within sites, floored at
 * zero eigenvalues (method of moments, as DerSimonian & Laird 1986 for one proportion). All zero for one site.
 */
export const spreadBetweenSites = (sites: readonly ConfusionCounts[]): SiteSpread => ({
  sites: sitesThatShare(sites),
  columns: (sites[0] ?? []).map((_, column) => columnSpread(sites, column)),
})
