import type { Columns } from '../../runtime/clickhouse.ts'
import { receiptColumns } from '../stores/arrival-columns.ts'
import { erasedArrivalColumns, erasedPersonColumns, relinkedPersonColumns } from '../stores/erasures.ts'
import { findingColumns } from '../stores/finding-columns.ts'
import { canaryColumns, historyColumns, phantomColumns, reportColumns } from '../stores/monitor-columns.ts'
import {
  alarmColumns,
  announcementColumns,
  commandColumns,
  correctionColumns,
  populationColumns,
  referenceTestColumns,
  siteColumns,
  withheldColumns,
} from '../stores/register-columns.ts'
import { imageRecordColumns, unattributedColumns, verdictColumns } from '../stores/verdict-columns.ts'

/** A table that a replay rebuilds from the topics. */
export type RebuiltTable = {
  readonly name: string
  /** What makes a row the same row. */
  readonly key: readonly string[]
  /** What two rebuilds must agree on: all that the sink writes, but for times of processing. */
  readonly businessColumns: readonly string[]
  /** SQL that is true for rows that count, given the database in which the table stands. */
  readonly counts: (database: string) => string
}

/** When a film was screened says nothing about it, and differs between two engines that say the same. */
const processingTimes: ReadonlySet<string> = new Set(['screened_at'])

const table = (
  name: string,
  key: readonly string[],
  columns: Columns<never>,
  counts: RebuiltTable['counts'] = () => 'true',
): RebuiltTable => ({
  name,
  key,
  businessColumns: Object.keys(columns).filter((column) => !processingTimes.has(column)),
  counts,
})

const arrival = ['site_id', 'event_id', 'arrival_id']
const position = ['image_topic', 'image_partition', 'image_offset']

/** A reading counts beside the current verdict on its image record, when that is a finding; others are left-overs. */
const countingReadings = (database: string): string =>
  `(site_id, event_id, arrival_id, attempt, image_topic, image_partition, image_offset) IN (
    SELECT site_id, event_id, arrival_id, attempt, image_topic, image_partition, image_offset
    FROM ${database}.verdicts FINAL WHERE kind = 'finding')`

/** Every table that follows from the topics that the sink reads. */
export const rebuiltTables: readonly RebuiltTable[] = [
  table('receipts', [...arrival, 'signature', ...position], receiptColumns),
  table('verdicts', arrival, verdictColumns),
  table('findings', [...arrival, 'hip', 'model_digest'], findingColumns, countingReadings),
  table('unattributed', position, unattributedColumns),
  table('image_records', position, imageRecordColumns),
  table('reference_tests', ['site_id', 'test_id'], referenceTestColumns),
  table('corrections', ['site_id', 'correction_id'], correctionColumns),
  table('erased_arrivals', arrival, erasedArrivalColumns),
  table('erased_people', ['site_id', 'subject_key'], erasedPersonColumns),
  table('relinked_people', ['site_id', 'subject_key'], relinkedPersonColumns),
  table('alarms', ['alarm_id'], alarmColumns),
  table('sites', ['site_id', 'valid_from'], siteColumns),
  table('commands', ['site_id', 'command_id'], commandColumns),
  table('withheld', ['site_id', 'spool_id', 'sequence'], withheldColumns),
  table('announcements', ['site_id', 'announcement_id'], announcementColumns),
  table('phantom_readings', ['site_id', 'phantom_id'], phantomColumns),
  table('canary_readings', ['film', 'canary_id'], canaryColumns),
  table('history_readings', ['site_id', 'history_id'], historyColumns),
  table(
    'reports',
    ['scope_kind', 'scope_id', 'window_kind', 'window_start', 'method', 'revision', 'report_id'],
    reportColumns,
  ),
  table('populations', ['region', 'year', 'sex', 'age_band'], populationColumns),
]
