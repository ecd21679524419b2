import type { CanaryReading } from '../../contracts/canary-reading.ts'
import type { HistoryReading } from '../../contracts/history-reading.ts'
import type { PhantomReading } from '../../contracts/phantom-reading.ts'
import type { Report } from '../../contracts/report.ts'
import { densityClasses } from '../../contracts/verdict.ts'
import type { Columns } from '../../runtime/clickhouse.ts'
import { imageColumns, storedDay, storedInstant } from './arrival-columns.ts'
import { modelDigestOf } from './finding-columns.ts'

/** Columns of `phantom_readings`. */
export const phantomColumns: Columns<PhantomReading> = {
  site_id: (phantom) => phantom.siteId,
  phantom_id: (phantom) => phantom.phantomId,
  spool_id: (phantom) => phantom.spoolId,
  sequence: (phantom) => String(phantom.sequence),
  received_at: (phantom) => storedInstant(phantom.receivedAt),
  read_at: (phantom) => storedInstant(phantom.readAt),
  ...imageColumns,
  acquisition_day: ({ attributes }) => storedDay(attributes.acquisitionDay),
  maker: ({ attributes }) => attributes.maker ?? '',
  detector: ({ attributes }) => attributes.detector ?? '',
  software_version: ({ attributes }) => attributes.softwareVersion ?? '',
  soft_tissue_level: ({ statistics }) => statistics.softTissueLevel,
  background_level: ({ statistics }) => statistics.backgroundLevel,
  noise: ({ statistics }) => statistics.noise,
  entropy: ({ statistics }) => statistics.entropy,
  readings: (phantom) => JSON.stringify(phantom.readings),
}

const differenceOf = ({ expected, read }: CanaryReading): number =>
  Math.max(...densityClasses.map((name) => Math.abs(expected[name] - read[name])))

/** Columns of `canary_readings`. */
export const canaryColumns: Columns<CanaryReading> = {
  film: (canary) => canary.film,
  canary_id: (canary) => canary.canaryId,
  read_at: (canary) => storedInstant(canary.readAt),
  model_name: (canary) => canary.model.name,
  model_version: (canary) => canary.model.version,
  provider: (canary) => canary.provider,
  runtime_version: (canary) => canary.runtimeVersion,
  difference: differenceOf,
}

/** What a drawn person's film came to, with the one digest of its model by which figures know their card. */
const historyOutcome = ({ outcome }: HistoryReading): string =>
  JSON.stringify(
    outcome.kind === 'finding' ? { ...outcome, modelDigest: modelDigestOf(outcome.model) } : outcome,
  )

/** Columns of `history_readings`. */
export const historyColumns: Columns<HistoryReading> = {
  site_id: (history) => history.siteId,
  history_id: (history) => history.historyId,
  subject_key: (history) => history.subjectKey,
  received_at: (history) => storedInstant(history.receivedAt),
  kind: (history) => history.outcome.kind,
  attributes: (history) => JSON.stringify(history.attributes),
  outcome: historyOutcome,
}

/** Columns of `reports`. */
export const reportColumns: Columns<Report> = {
  scope_kind: (report) => report.scope.kind,
  scope_id: (report) => report.scope.id,
  window_kind: (report) => report.window.kind,
  window_start: (report) => storedDay(report.window.start),
  method: (report) => report.method,
  method_version: (report) => report.methodVersion,
  revision: (report) => report.revision,
  report_id: (report) => report.reportId,
  provisional: (report) => report.provisional,
  made_at: (report) => storedInstant(report.madeAt),
  cut: (report) => JSON.stringify(report.cut),
  body: (report) => JSON.stringify(report.body),
}
