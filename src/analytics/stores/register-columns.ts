import type { Alarm } from '../../contracts/alarm.ts'
import type { Announcement } from '../../contracts/announcement.ts'
import type { Command } from '../../contracts/command.ts'
import type { Correction } from '../../contracts/correction.ts'
import type { Population } from '../../contracts/population.ts'
import type { StoredSite } from '../../contracts/ports.ts'
import type { ReferenceTest } from '../../contracts/reference-test.ts'
import type { Withheld } from '../../contracts/withheld.ts'
import type { Columns } from '../../runtime/clickhouse.ts'
import { storedDay, storedInstant } from './arrival-columns.ts'

/** The id of no spool. */
const nobody = '00000000-0000-0000-0000-000000000000'

/** Columns of `sites`. */
export const siteColumns: Columns<StoredSite> = {
  site_id: (site) => site.siteId,
  valid_from: (site) => storedInstant(site.validFrom),
  valid_to: (site) => (site.validTo === undefined ? null : storedInstant(site.validTo)),
  name: (site) => site.name,
  region: (site) => site.region,
  time_zone: (site) => site.timeZone,
  domain: (site) => site.domain,
  keys: (site) => JSON.stringify(site.keys),
  told_at: (site) => storedInstant(site.toldAt),
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
  site_id: (correction) => correction.siteId,
  correction_id: (correction) => correction.correctionId,
  kind: (correction) => correction.kind,
  spool_id: (correction) => correction.spoolId ?? nobody,
  sequence: (correction) => String(correction.sequence ?? 0),
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

/** What a command says besides who, why and when. */
const detailsOf = ({ commandId: _id, kind: _kind, who: _who, why: _why, at: _at, ...details }: Command) =>
  details

/** Columns of `commands`. */
export const commandColumns: Columns<Command> = {
  site_id: (command) => ('siteId' in command ? command.siteId : ''),
  command_id: (command) => command.commandId,
  kind: (command) => command.kind,
  who: (command) => command.who,
  why: (command) => command.why,
  at: (command) => storedInstant(command.at),
  details: (command) => JSON.stringify(detailsOf(command)),
}

/** Columns of `withheld`. */
export const withheldColumns: Columns<Withheld> = {
  site_id: (withheld) => withheld.siteId,
  spool_id: (withheld) => withheld.spoolId,
  sequence: (withheld) => String(withheld.sequence),
  at: (withheld) => storedInstant(withheld.at),
}

/** Columns of `announcements`. */
export const announcementColumns: Columns<Announcement> = {
  site_id: (announcement) => announcement.siteId,
  announcement_id: (announcement) => announcement.announcementId,
  change: (announcement) => announcement.change,
  from_day: (announcement) => storedDay(announcement.from),
  text: (announcement) => announcement.text,
  who: (announcement) => announcement.who,
  at: (announcement) => storedInstant(announcement.at),
}

/** Columns of `populations`. */
export const populationColumns: Columns<Population> = {
  region: (population) => population.region,
  year: (population) => population.year,
  sex: (population) => population.sex,
  age_band: (population) => population.ageBand,
  residents: (population) => String(population.residents),
  source: (population) => population.source,
  who: (population) => population.who,
  why: (population) => population.why,
  at: (population) => storedInstant(population.at),
}
