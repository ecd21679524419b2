import type { ResultBatch, ResultStore } from '../../contracts/ports.ts'
import type { AttributedVerdict, UnattributedVerdict, Verdict } from '../../contracts/verdict.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { findingRows, receiptRow, unattributedRow, verdictRow } from './result-rows.ts'

const isAttributed = (verdict: Verdict): verdict is AttributedVerdict => verdict.attributed
const isUnattributed = (verdict: Verdict): verdict is UnattributedVerdict => !verdict.attributed

const siteRow = (site: ResultBatch['sites'][number]) => ({
  site_id: site.siteId,
  valid_from: site.validFrom,
  valid_to: site.validTo ?? null,
  name: site.name,
  region: site.region,
  time_zone: site.timeZone,
  domain: site.domain,
  entry: JSON.stringify(site),
})

const referenceTestRow = (test: ResultBatch['referenceTests'][number]) => ({
  test_id: test.testId,
  site_id: test.siteId,
  subject_key: test.subjectKey,
  link_key: test.linkKey ?? '',
  measured_on: test.measuredOn,
  side: test.side,
  t_score: test.tScore,
  after_therapy_start: test.afterTherapyStart,
  entry: JSON.stringify(test),
})

const correctionRow = (correction: ResultBatch['corrections'][number]) => ({
  correction_id: correction.correctionId,
  site_id: correction.siteId,
  kind: correction.kind,
  at: correction.at,
  entry: JSON.stringify(correction),
})

const alarmRow = (alarm: ResultBatch['alarms'][number]) => ({
  alarm_id: alarm.alarmId,
  kind: alarm.kind,
  severity: alarm.severity,
  scope: alarm.scope,
  raised_at: alarm.raisedAt,
  entry: JSON.stringify(alarm),
})

/**
 * Stores results in ClickHouse; it resolves when every row is acknowledged. Findings go before the verdicts
 * that count them, so that no figure ever sees a finding's film without its hips.
 */
export const createResultStore = (deps: { client: ClickHouse }): ResultStore => ({
  write: async (batch) => {
    const { client } = deps
    const attributed = batch.verdicts.filter(isAttributed)
    await Promise.all([
      client.insert('sites', batch.sites.map(siteRow)),
      client.insert('receipts', batch.receipts.map(receiptRow)),
      client.insert('findings', attributed.flatMap(findingRows)),
      client.insert('unattributed', batch.verdicts.filter(isUnattributed).map(unattributedRow)),
      client.insert('reference_tests', batch.referenceTests.map(referenceTestRow)),
      client.insert('corrections', batch.corrections.map(correctionRow)),
      client.insert('alarms', batch.alarms.map(alarmRow)),
    ])
    await client.insert('verdicts', attributed.map(verdictRow))
  },
})
