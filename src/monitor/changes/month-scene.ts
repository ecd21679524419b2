import type { AnnouncedChange, DeviceCount } from '../../contracts/circumstances.ts'
import type { ReportScope, ReportWindow } from '../../contracts/report.ts'
import type { WindowCounts } from '../../contracts/window-counts.ts'

/** All that is known of a window and the one before, over every scope: what changes are judged by. */
export type Scene = {
  readonly before: ReportWindow
  readonly after: ReportWindow
  readonly counts: readonly WindowCounts[]
  readonly devices: readonly DeviceCount[]
  readonly announcements: readonly AnnouncedChange[]
}

/** A scope of one domain in both windows. */
export type Pair = {
  readonly scope: ReportScope
  readonly before: WindowCounts
  readonly after: WindowCounts
}

const countsIn = (
  { counts }: Scene,
  scope: ReportScope,
  window: ReportWindow,
  domain: WindowCounts['domain'],
): WindowCounts | undefined =>
  counts.find(
    (of) =>
      of.scope.kind === scope.kind &&
      of.scope.id === scope.id &&
      of.domain === domain &&
      of.window.kind === window.kind &&
      of.window.start === window.start,
  )

/** A scope in both windows; undefined where it has nobody in one of them. */
export const pairOf = (
  scene: Scene,
  scope: ReportScope,
  domain: WindowCounts['domain'],
): Pair | undefined => {
  const before = countsIn(scene, scope, scene.before, domain)
  const after = countsIn(scene, scope, scene.after, domain)
  return before === undefined || after === undefined ? undefined : { scope, before, after }
}

/** Clinics whose people are in a count. */
export const clinicsOf = ({ clinics }: WindowCounts): readonly string[] =>
  [...new Set(clinics.map(({ siteId }) => siteId))].toSorted()

/** Whether the same clinics send in both windows. */
export const isSameClinics = ({ before, after }: Pair): boolean =>
  clinicsOf(before).join('|') === clinicsOf(after).join('|')

/** The clinics that send in both windows, each in both: a clinic that is new says nothing about a change of imaging. */
export const sameClinics = (scene: Scene, { before, after }: Pair): readonly Pair[] =>
  clinicsOf(before)
    .filter((id) => clinicsOf(after).includes(id))
    .flatMap((id) => pairOf(scene, { kind: 'site', id }, after.domain) ?? [])
