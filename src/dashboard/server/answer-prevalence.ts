import { peopleOf, type Release } from '../disclosure/release-months.ts'
import { shownTable, type TableMonth } from '../disclosure/shown-table.ts'
import type { Viewer } from '../sign-in/viewer.ts'
import { seesRegion } from '../sign-in/viewer.ts'
import type { PrevalenceAnswer } from './answers.ts'
import type { ApiDeps } from './api-types.ts'

export type Domain = Release['domain']

/** What stands under figures of which nobody has reported yet. */
const labelOf = (domain: Domain): string =>
  domain === 'real' ? 'unvalidated model output' : 'simulated people'

const captionText =
  'Among people of 50 and over with a readable hip X-ray here, by where the film was taken: not among residents, and no diagnoses. Corrected figures assume that clinics image like the validation sites.'

/** A month as one viewer may see it: the regions in scope, and all of them together only for who may see all. */
const withinScope = (month: TableMonth, viewer: Viewer): PrevalenceAnswer['months'][number] => {
  const { all, regions, label: _label, ...rest } = month
  return {
    ...rest,
    modelDigests: [...rest.modelDigests],
    ...(viewer.regions === undefined ? { all } : {}),
    regions: regions.filter(({ region }) => seesRegion(viewer, region)),
  }
}

/** Domains with something to see: real people first, then where most are. */
const domainsOf = (releases: readonly Release[]): readonly Domain[] => {
  const peopleIn = (domain: Domain): number =>
    releases.reduce((sum, release) => sum + (release.domain === domain ? peopleOf(release) : 0), 0)
  return [...new Set(releases.map(({ domain }) => domain))].toSorted((a, b) =>
    a === 'real' ? -1 : b === 'real' ? 1 : peopleIn(b) - peopleIn(a),
  )
}

/** Shares by month and region as a viewer may see them. */
export const answerPrevalence = async (
  { snapshots, threshold, now }: Pick<ApiDeps, 'snapshots' | 'threshold' | 'now'>,
  viewer: Viewer,
  asked?: Domain,
): Promise<PrevalenceAnswer> => {
  const { value: releases, asOf, isStale } = await snapshots.releases()
  const domains = domainsOf(releases)
  const domain = asked ?? domains[0] ?? 'real'
  const months = shownTable(releases, domain, threshold, now())
  return {
    domain,
    domains: [...domains],
    label: months.at(-1)?.label ?? labelOf(domain),
    caption: captionText,
    hiddenBelow: threshold,
    asOf,
    stale: isStale,
    months: months.map((month) => withinScope(month, viewer)),
  }
}
