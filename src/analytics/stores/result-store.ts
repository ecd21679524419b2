import type { ResultBatch, ResultStore } from '../../contracts/ports.ts'
import type { AttributedVerdict, UnattributedVerdict, Verdict } from '../../contracts/verdict.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { receiptColumns } from './arrival-columns.ts'
import { findingColumns, readingsOf } from './finding-columns.ts'
import { alarmColumns, correctionColumns, referenceTestColumns, siteColumns } from './register-columns.ts'
import { imageRecordColumns, unattributedColumns, verdictColumns } from './verdict-columns.ts'

const isAttributed = (verdict: Verdict): verdict is AttributedVerdict => verdict.attributed
const isUnattributed = (verdict: Verdict): verdict is UnattributedVerdict => !verdict.attributed

/** Runs inserts at once and rejects only when none is under way any more, so that a retry never meets its own past. */
const together = async (inserts: readonly Promise<void>[]): Promise<void> => {
  const ends = await Promise.allSettled(inserts)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/**
 * Stores results in ClickHouse; `write` resolves when every row is acknowledged. Order matters: site entries
 * and readings stand before the verdicts that count them, so no figure sees a film without its hips; what says
 * that a record was answered comes last, so an answered record always has its verdict.
 */
export const createResultStore = (deps: { client: ClickHouse }): ResultStore => ({
  write: async (batch: ResultBatch) => {
    const { client } = deps
    const attributed = batch.verdicts.filter(isAttributed)
    await together([
      client.insert('sites', siteColumns, batch.sites),
      client.insert('receipts', receiptColumns, batch.receipts),
      client.insert('findings', findingColumns, attributed.flatMap(readingsOf)),
      client.insert('reference_tests', referenceTestColumns, batch.referenceTests),
      client.insert('corrections', correctionColumns, batch.corrections),
      client.insert('alarms', alarmColumns, batch.alarms),
    ])
    await together([
      client.insert('verdicts', verdictColumns, attributed),
      client.insert('unattributed', unattributedColumns, batch.verdicts.filter(isUnattributed)),
    ])
    await client.insert('image_records', imageRecordColumns, batch.verdicts)
  },
})
