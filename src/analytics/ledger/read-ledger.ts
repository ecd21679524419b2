import { z } from 'zod'
import { bookings, type Ledger, type LedgerFault, type LedgerScope } from '../../contracts/ledger.ts'
import { filmLanes } from '../../contracts/topics.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { checkReceipts, type DoubtfulArrival } from './check-receipts.ts'
import {
  type LaneEnds,
  type LedgerOffsets,
  partitionsOf,
  screenedIn,
  unscreenedRecords,
  unsunkIn,
} from './ledger-offsets.ts'
import {
  answeredSql,
  contradictingReceiptsSql,
  doubledSql,
  doubtfulReceiptsSql,
  ledgerSql,
  misplacedSql,
  sharedIdsSql,
  unbackedSql,
} from './ledger-sql.ts'
import { readSpools } from './read-spools.ts'
import { type LedgerRow, sumLedger } from './sum-ledger.ts'

const rowSchema = z.object({
  siteId: z.string(),
  hour: z.string(),
  booking: z.enum(bookings),
  reason: z.string(),
  arrivals: countSchema,
})

const recordsSchema = z.object({ records: countSchema })
const partitionSchema = z.object({ partition: z.number(), records: countSchema })
const siteCountSchema = z.object({ siteId: z.string(), records: countSchema })

export type ReadLedgerOptions = {
  readonly client: ClickHouse
  /** Measured before, in the order that LedgerOffsets gives. */
  readonly offsets: LedgerOffsets
  /** Measures the ends of the lanes, once the tables have been read. */
  readonly ends: () => Promise<LaneEnds>
  /** Narrows the counts; `doubled`, the records, the drawn people and the faults are of the whole engine, because offsets know no clinic. */
  readonly scope?: LedgerScope
  /** Adds the counts of every clinic and hour of `receivedAt`. */
  readonly byClinicHour?: boolean
}

const faultsOf = (
  kind: LedgerFault['kind'],
  rows: readonly { readonly siteId: string; readonly records: number }[],
): LedgerFault[] => rows.map(({ siteId, records }) => ({ kind, siteId, count: records }))

/** Arrivals by the site that they name. */
const countSites = (arrivals: readonly DoubtfulArrival[]) =>
  [...Map.groupBy(arrivals, ({ siteId }) => siteId)].map(([siteId, own]) => ({
    siteId,
    records: own.length,
  }))

/** The rows without arrivals that no clinic has signed: they were counted where they claim to be. */
const withoutForged = (
  rows: readonly LedgerRow[],
  forged: readonly DoubtfulArrival[],
  byClinicHour: boolean,
): readonly LedgerRow[] => {
  const taken = Map.groupBy(forged, ({ siteId, hour, booking }) =>
    byClinicHour ? `${siteId} ${hour} ${booking}` : booking,
  )
  return rows
    .map((row) => {
      const key = byClinicHour ? `${row.siteId} ${row.hour} ${row.booking}` : row.booking
      return { ...row, arrivals: row.arrivals - (taken.get(key)?.length ?? 0) }
    })
    .filter(({ arrivals }) => arrivals > 0)
}

/** Reads what contradicts the log or the clinics' signatures. */
const readFaults = async (client: ClickHouse, ends: LaneEnds): Promise<readonly LedgerFault[]> => {
  const of = (sql: string) => client.query(sql, {}, siteCountSchema)
  const contradicting = await checkReceipts(client, contradictingReceiptsSql(), {})
  return [
    ...faultsOf('misplaced', await of(misplacedSql(ends))),
    ...faultsOf('unbacked', await of(unbackedSql)),
    ...faultsOf('contradicted', countSites(contradicting.filter(({ isVerified }) => isVerified))),
    ...faultsOf('sharedIds', await of(sharedIdsSql)),
  ]
}

const readPartitions = async (client: ClickHouse, offsets: LedgerOffsets) => {
  const answered = new Map(
    (await client.query(answeredSql(offsets), {}, partitionSchema)).map(({ partition, records }) => [
      partition,
      records,
    ]),
  )
  return partitionsOf(offsets).map((partition) => ({
    unanswered: Number(screenedIn(offsets, partition)) - (answered.get(partition) ?? 0),
    unsunk: Number(unsunkIn(offsets, partition)),
  }))
}

/** Reads the study ledger: what became of every arrival, and whether rows agree with Kafka's offsets. */
export const readLedger = async (options: ReadLedgerOptions): Promise<Ledger> => {
  const { client, offsets, scope = {}, byClinicHour = false } = options
  const params = Object.fromEntries(
    Object.entries(scope).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const unscreened = Object.fromEntries(
    Object.entries(filmLanes).map(([lane, { name }]) => [lane, Number(unscreenedRecords(offsets, name))]),
  )
  const rows = await client.query(ledgerSql(offsets, scope, byClinicHour), params, rowSchema)
  const [doubled] = await client.query(doubledSql, {}, recordsSchema)
  const [drawn] = await client.query(
    'SELECT count() AS records FROM history_readings FINAL',
    {},
    recordsSchema,
  )
  const partitions = await readPartitions(client, offsets)
  const ends = await options.ends()
  const doubtful = await checkReceipts(client, doubtfulReceiptsSql(offsets, ends, scope), params)
  const forged = doubtful.filter(({ isVerified }) => !isVerified)
  return sumLedger({
    rows: withoutForged(rows, forged, byClinicHour),
    byClinicHour,
    partitions,
    doubled: doubled?.records ?? 0,
    drawnPeople: drawn?.records ?? 0,
    unscreenedRecords: Object.values(unscreened).reduce((sum, records) => sum + records, 0),
    unscreenedBackfill: unscreened['backfill'] ?? 0,
    faults: [...(await readFaults(client, ends)), ...faultsOf('unverifiedReceipts', countSites(forged))],
    spools: await readSpools(client, scope.siteId),
  })
}
