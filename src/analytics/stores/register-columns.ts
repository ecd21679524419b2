import type { Alarm } from '../../contracts/alarm.ts'
import type { Correction } from '../../contracts/correction.ts'
import type { ReferenceTest } from '../../contracts/reference-test.ts'
import type { Site } from '../../contracts/site.ts'
import type { Columns } from '../../runtime/clickhouse.ts'
import { storedDay, storedInstant } from './arrival-columns.ts'

/** Columns of `sites`. */
export const siteColumns: Columns<Site> = {
  site_id: (site) => site.siteId,
  valid_from: (site) => storedInstant(site.validFrom),
  valid_to: (site) => (site.validTo === undefined ? null : storedInstant(site.validTo)),
  name: (site) => site.name,
  region: (site) => site.region,
  time_zone: (site) => site.timeZone,
  domain: (site) => site.domain,
  keys: (site) => JSON.stringify(site.keys),
}

/** Columns of `reference_tests`. */
export const referenceTestColumns: Columns<ReferenceTest> = {
  site_id: (test) => test.siteId,
  test_id: (test) => test.testId,
  subject_key: (test) => test.subjectKey,
  link_key: (test) => test.linkKey ?? '',
  measured_on: (test) => storedDay(test.measuredOn),
  method: (test) => test.method,
  region: (test) => test.region,
  side: (test) => test.side,
  sex: (test) => test.sex ?? '',
  t_score: (test) => test.tScore,
  bmd: (test) => test.bmd ?? null,
  after_therapy_start: (test) => test.afterTherapyStart,
}

/** Columns of `corrections`. */
export const correctionColumns: Columns<Correction> = {
  correction_id: (correction) => correction.correctionId,
  kind: (correction) => correction.kind,
  site_id: (correction) => correction.siteId,
  subject_key: (correction) => ('subjectKey' in correction ? correction.subjectKey : ''),
  event_id: (correction) => (correction.kind === 'retract' ? correction.eventId : ''),
  arrival_id: (correction) => (correction.kind === 'retract' ? correction.arrivalId : null),
  new_subject_key: (correction) => (correction.kind === 'relink' ? correction.newSubjectKey : ''),
  new_link_key: (correction) => (correction.kind === 'relink' ? (correction.newLinkKey ?? '') : ''),
  who: (correction) => correction.who,
  why: (correction) => correction.why,
  at: (correction) => storedInstant(correction.at),
}

/** Columns of `alarms`. */
export const alarmColumns: Columns<Alarm> = {
  alarm_id: (alarm) => alarm.alarmId,
  kind: (alarm) => alarm.kind,
  severity: (alarm) => alarm.severity,
  scope: (alarm) => alarm.scope,
  title: (alarm) => alarm.title,
  raised_at: (alarm) => storedInstant(alarm.raisedAt),
  evidence: (alarm) => JSON.stringify(alarm.evidence),
  runbook: (alarm) => alarm.runbook,
  retracts: (alarm) => alarm.retracts ?? null,
}
