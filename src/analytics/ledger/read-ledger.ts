import { z } from 'zod'
import { imagesTopic } from '../../contracts/topics.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { type Ledger, type LedgerRow, sumLedger } from './sum-ledger.ts'

/** Offsets of a topic by partition. */
export type Offsets = ReadonlyMap<number, bigint>

/**
 * How far Kafka says that each loop has come. Read in the order in which they stand here and before the tables:
 * what the screening group has committed has its verdict in the verdict topic, and what the sink had committed
 * after that is in ClickHouse. In this order a film on its way is never taken for a lost one.
 */
export type LedgerOffsets = {
  /** Committed by the screening group, and one past the last record, of the images topic. */
  readonly screened: Offsets
  readonly images: Offsets
  /** One past the last record of the verdict and the receipt topic, and how far the sink has committed them. */
  readonly verdicts: { readonly end: Offsets; readonly sunk: Offsets }
  readonly receipts: { readonly end: Offsets; readonly sunk: Offsets }
}

export type LedgerScope = {
  readonly siteId?: string
  /** ISO 8601, for `receivedAt`. */
  readonly from?: string
  readonly to?: string
}

const rowSchema = z.object({
  siteId: z.string(),
  hour: z.string(),
  booking: z.string(),
  reason: z.string(),
  arrivals: z.coerce.number(),
})

const isSunk = ({ end, sunk }: { end: Offsets; sunk: Offsets }): boolean =>
  [...end].every(([partition, offset]) => offset === 0n || (sunk.get(partition) ?? 0n) >= offset)

/** SQL that looks up an offset by partition; the numbers are ours, so they may stand in the text. */
const lookUp = (offsets: Offsets): string => {
  const keys = [...offsets.keys()]
  if (keys.length === 0) return 'toUInt64(0)'
  return `transform(image_partition, [${keys.join(',')}], [${[...offsets.values()].map((offset) => `toUInt64(${offset})`).join(',')}], toUInt64(0))`
}

/**
 * One row for each arrival that has a verdict, or else a receipt, or else only a position. An unreadable record
 * whose receipt says which arrival it was counts once, as that arrival.
 */
const arrivals = (offsets: LedgerOffsets): string => `
  SELECT site_id, received_at, booking, multiIf(booking = 'rejected', reason, booking = 'deadLettered', code, '') AS reason
  FROM bookings
  UNION ALL
  SELECT r.site_id, r.received_at,
    multiIf(u.pointer != '', 'deadLettered',
            r.image_offset >= ${lookUp(offsets.screened).replaceAll('image_partition', 'r.image_partition')}, 'inFlight',
            ${isSunk(offsets.verdicts) ? "'lost'" : "'inFlight'"}) AS booking,
    if(u.pointer != '', u.code, '') AS reason
  FROM (SELECT * FROM receipts FINAL) AS r
  LEFT ANTI JOIN (SELECT event_id, arrival_id FROM verdicts FINAL) AS v
    ON v.event_id = r.event_id AND v.arrival_id = r.arrival_id
  LEFT JOIN (SELECT pointer, code FROM unattributed FINAL) AS u
    ON u.pointer = concat(r.image_topic, ':', toString(r.image_partition), ':', toString(r.image_offset))
  UNION ALL
  SELECT 'unattributed', u.received_at, 'deadLettered', u.code
  FROM (SELECT * FROM unattributed FINAL) AS u
  LEFT ANTI JOIN (SELECT concat(image_topic, ':', toString(image_partition), ':', toString(image_offset)) AS pointer FROM receipts FINAL) AS r
    ON r.pointer = u.pointer`

const countSchema = z.object({ doubled: z.coerce.number() })

const readDoubled = async (client: ClickHouse): Promise<number> => {
  const [row] = await client.query(
    'SELECT count() AS doubled FROM (SELECT arrival_id FROM verdicts FINAL GROUP BY arrival_id HAVING count() > 1)',
    {},
    countSchema,
  )
  return row?.doubled ?? 0
}

const partitionSchema = z.object({ partition: z.number(), records: z.coerce.bigint() })

/** Records of the images topic that the tables know, by partition, below what screening has committed. */
const readKnown = (client: ClickHouse, offsets: LedgerOffsets) =>
  client.query(
    `SELECT image_partition AS partition, uniqExact(image_offset) AS records FROM (
       SELECT image_partition, image_offset FROM verdicts FINAL
       UNION ALL SELECT image_partition, image_offset FROM unattributed FINAL WHERE image_topic = {topic:String}
     ) WHERE image_offset < ${lookUp(offsets.screened)} GROUP BY partition`,
    { topic: imagesTopic.name },
    partitionSchema,
  )

/** Reads the study ledger. */
export const readLedger = async (options: {
  client: ClickHouse
  offsets: LedgerOffsets
  scope?: LedgerScope
}): Promise<Ledger> => {
  const { client, offsets, scope = {} } = options
  const conditions = [
    ...(scope.siteId === undefined ? [] : ['site_id = {siteId:String}']),
    ...(scope.from === undefined ? [] : ['received_at >= parseDateTime64BestEffort({from:String}, 3)']),
    ...(scope.to === undefined ? [] : ['received_at < parseDateTime64BestEffort({to:String}, 3)']),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const params = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined))
  const rows: readonly LedgerRow[] = await client.query(
    `SELECT site_id AS siteId, toStartOfHour(received_at) AS hour, booking, reason, count() AS arrivals
     FROM (${arrivals(offsets)}) ${where}
     GROUP BY siteId, hour, booking, reason ORDER BY siteId, hour, booking, reason`,
    params,
    rowSchema,
  )
  const [doubled, known] = await Promise.all([readDoubled(client), readKnown(client, offsets)])
  const below = [...offsets.screened].reduce((sum, [, offset]) => sum + offset, 0n)
  const total = known.reduce((sum, row) => sum + row.records, 0n)
  return sumLedger(rows, {
    doubled,
    // Records whose verdict was rewritten by another record of the same arrival: redeliveries and requeues.
    repeatedRecords: isSunk(offsets.verdicts) ? Number(below - total) : undefined,
    unscreenedRecords: Number(
      [...offsets.images].reduce(
        (sum, [partition, end]) => sum + end - (offsets.screened.get(partition) ?? 0n),
        0n,
      ),
    ),
  })
}
