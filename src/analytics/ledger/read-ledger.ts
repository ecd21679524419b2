import { z } from 'zod'
import { filmLanes } from '../../contracts/topics.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { type LedgerOffsets, screenedRecords, unscreenedRecords, unsunkVerdicts } from './ledger-offsets.ts'
import { answeredSql, doubledSql, type LedgerScope, ledgerSql } from './ledger-sql.ts'
import { bookings, type Ledger, sumLedger } from './sum-ledger.ts'

export type { LedgerOffsets } from './ledger-offsets.ts'
export type { LedgerScope } from './ledger-sql.ts'

const rowSchema = z.object({
  siteId: z.string(),
  hour: z.string(),
  booking: z.enum(bookings),
  reason: z.string(),
  arrivals: countSchema,
})

const recordsSchema = z.object({ records: countSchema })

export type ReadLedgerOptions = {
  readonly client: ClickHouse
  /** Measured before, in the order that LedgerOffsets gives. */
  readonly offsets: LedgerOffsets
  /** Narrows the counts; `doubled` and the records are of the whole engine, because offsets know no clinic. */
  readonly scope?: LedgerScope
  /** Adds the counts of every clinic and hour of `receivedAt`. */
  readonly byClinicHour?: boolean
}

/** Reads the study ledger: what became of every arrival, and whether rows agree with Kafka's offsets. */
export const readLedger = async (options: ReadLedgerOptions): Promise<Ledger> => {
  const { client, offsets, scope = {}, byClinicHour = false } = options
  const params = Object.fromEntries(
    Object.entries(scope).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const count = async (sql: string): Promise<number> =>
    (await client.query(sql, {}, recordsSchema))[0]?.records ?? 0
  const unscreened = Object.fromEntries(
    Object.entries(filmLanes).map(([lane, { name }]) => [lane, Number(unscreenedRecords(offsets, name))]),
  )
  const rows = await client.query(ledgerSql(offsets, scope, byClinicHour), params, rowSchema)
  const doubled = await count(doubledSql)
  const answered = await count(answeredSql(offsets))
  return sumLedger({
    rows,
    byClinicHour,
    doubled,
    unscreenedRecords: Object.values(unscreened).reduce((sum, records) => sum + records, 0),
    unscreenedBackfill: unscreened['backfill'] ?? 0,
    unansweredRecords: Number(screenedRecords(offsets)) - answered,
    unsunkVerdicts: Number(unsunkVerdicts(offsets)),
  })
}
