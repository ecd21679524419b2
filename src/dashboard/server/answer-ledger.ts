import type { ClinicHour } from '../../contracts/ledger.ts'
import type { RegisteredClinic } from '../../contracts/registered-clinic.ts'
import { hoursOf, sumHours } from '../live/snapshots.ts'
import { hasRole, type Viewer } from '../sign-in/viewer.ts'
import { refusalTextOf } from './advice.ts'
import type { LedgerAnswer } from './answers.ts'
import { type ApiDeps, refuseUnless } from './api-types.ts'

const notReadOf = (hour: ClinicHour): number => hour.received - hour.findings - hour.inFlight

const daysOf = (hours: readonly ClinicHour[]): LedgerAnswer['days'] =>
  [...Map.groupBy(hours, ({ hour }) => hour.slice(0, 10))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(-60)
    .map(([day, own]) => ({
      day,
      read: own.reduce((sum, { findings }) => sum + findings, 0),
      notRead: own.reduce((sum, hour) => sum + notReadOf(hour), 0),
    }))

/** Whose films a viewer's ledger counts: of all clinics, or of its own. */
const countsFor = (viewer: Viewer, clinics: readonly RegisteredClinic[]): ((siteId: string) => boolean) => {
  if (hasRole(viewer, 'operator')) return () => true
  if (hasRole(viewer, 'authority')) {
    const { regions } = viewer
    if (regions === undefined) return () => true
    const own = new Set(clinics.filter(({ region }) => regions.includes(region)).map(({ siteId }) => siteId))
    return (siteId) => own.has(siteId)
  }
  return (siteId) => viewer.clinics.includes(siteId)
}

const clinicRows = (
  hours: readonly ClinicHour[],
  clinics: readonly RegisteredClinic[],
): LedgerAnswer['clinics'] => {
  const known = new Map(clinics.map((clinic) => [clinic.siteId, clinic]))
  return [...Map.groupBy(hours, ({ siteId }) => siteId)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([siteId, own]) => ({
      siteId,
      name: known.get(siteId)?.name ?? siteId,
      region: known.get(siteId)?.region ?? 'unknown',
      ...sumHours(own),
    }))
}

const adviceFor = (total: LedgerAnswer['total']): Record<string, string> =>
  Object.fromEntries(
    [...Object.keys(total.rejected), ...Object.keys(total.deadLettered)].map((reason) => [
      reason,
      refusalTextOf(reason),
    ]),
  )

/** The ledger as a viewer may see it; `clinic` narrows it to one clinic. */
export const answerLedger = async (
  { snapshots }: Pick<ApiDeps, 'snapshots'>,
  viewer: Viewer,
  clinic?: string,
): Promise<LedgerAnswer> => {
  refuseUnless(hasRole(viewer, 'authority', 'operator', 'clinic'))
  const { value: clinics } = await snapshots.clinics()
  const isMine = countsFor(viewer, clinics)
  if (clinic !== undefined) refuseUnless(isMine(clinic))
  const isCounted = (siteId: string): boolean => isMine(siteId) && (clinic ?? siteId) === siteId
  const { value: ledger, asOf, isStale } = await snapshots.ledger()
  const hours = hoursOf(ledger, isCounted)
  const total = sumHours(hours)
  const seesEngine = clinic === undefined && hasRole(viewer, 'authority', 'operator')
  return {
    asOf,
    stale: isStale,
    scope: clinic ?? (seesEngine ? 'all clinics' : viewer.clinics.join(', ')),
    ...(seesEngine
      ? { balanced: ledger.balanced, doubled: ledger.doubled, unscreenedRecords: ledger.unscreenedRecords }
      : {}),
    total: { ...total, rejected: { ...total.rejected }, deadLettered: { ...total.deadLettered } },
    clinics: clinicRows(hours, clinics),
    days: daysOf(hours),
    spools: ledger.spools
      .filter(({ siteId }) => isCounted(siteId))
      .map(({ siteId, highest, missing, withheld }) => ({ siteId, highest, missing, withheld })),
    faults: ledger.faults.filter(({ siteId }) => isCounted(siteId)).map((fault) => ({ ...fault })),
    advice: adviceFor({ ...total, rejected: { ...total.rejected }, deadLettered: { ...total.deadLettered } }),
  }
}
