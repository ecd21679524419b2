import type { Alarm } from '../../contracts/alarm.ts'
import { hasRole, seesRegion, type Viewer } from '../sign-in/viewer.ts'
import type { AlarmsAnswer } from './answers.ts'
import type { ApiDeps } from './api-types.ts'

/** What concerns figures rather than the flow: an operator without the other roles needs no region's change. */
export const aboutFigures: ReadonlySet<Alarm['kind']> = new Set(['population-change', 'model-change'])

const mayScope = (alarm: Alarm, viewer: Viewer): boolean => {
  if (hasRole(viewer, 'operator') && !aboutFigures.has(alarm.kind)) return true
  if (hasRole(viewer, 'model-owner')) return true
  if (hasRole(viewer, 'authority') && (viewer.regions === undefined || seesRegion(viewer, alarm.scope)))
    return true
  return hasRole(viewer, 'clinic') && viewer.clinics.includes(alarm.scope)
}

/** Alarms within a viewer's scope, the latest first; those that late data have taken back are none. */
export const alarmsFor = async (
  { snapshots }: Pick<ApiDeps, 'snapshots'>,
  viewer: Viewer,
): Promise<AlarmsAnswer> => {
  const { value, asOf, isStale } = await snapshots.alarms()
  return {
    asOf,
    stale: isStale,
    alarms: value.filter((alarm) => alarm.state !== 'retracted' && mayScope(alarm, viewer)),
  }
}
