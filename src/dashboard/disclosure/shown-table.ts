import { protectMonth, type ShownMonth } from './protect-months.ts'
import type { Release } from './release-months.ts'

/** Days after the end of a month until which films of it are still awaited. */
export const provisionalDays = 14

/** A month of one domain as everybody who may see figures sees it. */
export type TableMonth = {
  readonly month: string
  readonly provisional: boolean
  /** Each release of a region's counts makes a further one. */
  readonly revision: number
  readonly releasedAt: string
  readonly modelDigests: readonly string[]
  /** What stands under figures of its people. */
  readonly label: string
} & ShownMonth

/** The first instant at which a month counts as complete. */
export const completeFrom = (month: string): Date => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 1 + provisionalDays))
}

const byName = (a: { readonly region: string }, b: { readonly region: string }): number =>
  a.region < b.region ? -1 : 1

const tableMonth = (
  month: string,
  releases: readonly Release[],
  threshold: number,
  now: Date,
): TableMonth => ({
  month,
  provisional: now < completeFrom(month),
  revision: releases.reduce((sum, { revision }) => sum + revision, 0),
  releasedAt:
    releases
      .map(({ releasedAt }) => releasedAt)
      .toSorted()
      .at(-1) ?? '',
  modelDigests: [...new Set(releases.flatMap(({ modelDigests }) => modelDigests))].toSorted(),
  label: releases[0]?.label ?? '',
  ...protectMonth(
    releases.filter(({ region }) => region !== '').toSorted(byName),
    releases.find(({ region }) => region === ''),
    threshold,
  ),
})

/** The table of a domain, months in order: what may be seen of what was released. */
export const shownTable = (
  releases: readonly Release[],
  domain: Release['domain'],
  threshold: number,
  now: Date,
): readonly TableMonth[] =>
  [
    ...Map.groupBy(
      releases.filter((release) => release.domain === domain),
      ({ month }) => month,
    ),
  ]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, own]) => tableMonth(month, own, threshold, now))
