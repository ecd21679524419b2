import { shownTable, type TableMonth } from '../disclosure/shown-table.ts'
import type { Viewer } from '../sign-in/viewer.ts'
import { seesRegion } from '../sign-in/viewer.ts'
import type { PrevalenceAnswer } from './answers.ts'
import type { ApiDeps } from './api-types.ts'

/** Why there is no corrected figure: pages say it wherever one would stand. */
export const notCorrected = {
  kind: 'no-answer',
  reason: 'no-report',
  detail: 'no corrected figure: the monitor has not reported on these readings',
} as const

/** What stands under every figure of a domain. */
export const labelOf = (domain: 'synthetic' | 'real'): string =>
  domain === 'synthetic' ? 'simulated people' : 'unvalidated model output'

const captionText =
  'Among people of 50 and over with a readable hip X-ray here, not among residents. Raw share of the model’s calls.'

/** A month as one viewer may see it: the regions in scope, and all of them together only for who may see all. */
const withinScope = (month: TableMonth, viewer: Viewer): PrevalenceAnswer['months'][number] => {
  const { all, regions, ...rest } = month
  return {
    ...rest,
    modelDigests: [...rest.modelDigests],
    ...(viewer.regions === undefined ? { all } : {}),
    regions: regions.filter(({ region }) => seesRegion(viewer, region)),
  }
}

/** The domain that is meant where none is named: real people where there are any. */
export const domainOf = (
  releases: readonly { readonly domain: 'synthetic' | 'real' }[],
  asked: 'synthetic' | 'real' | undefined,
): 'synthetic' | 'real' =>
  asked ?? (releases.some(({ domain }) => domain === 'real') || releases.length === 0 ? 'real' : 'synthetic')

/** Shares by month and region as a viewer may see them. */
export const answerPrevalence = async (
  { snapshots, threshold, now }: Pick<ApiDeps, 'snapshots' | 'threshold' | 'now'>,
  viewer: Viewer,
  asked?: 'synthetic' | 'real',
): Promise<PrevalenceAnswer> => {
  const { value: releases, asOf, isStale } = await snapshots.releases()
  const domain = domainOf(releases, asked)
  return {
    domain,
    label: labelOf(domain),
    caption: captionText,
    corrected: notCorrected,
    hiddenBelow: threshold,
    asOf,
    stale: isStale,
    months: shownTable(releases, domain, threshold, now()).map((month) => withinScope(month, viewer)),
  }
}
