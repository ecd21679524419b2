import { z } from 'zod'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { bookedVerdicts, finalSettings, isErased, isReadingOf } from '../ledger/booking-sql.ts'

const rowSchema = z.object({
  arrivalId: z.string(),
  booking: z.enum(['finding', 'rejected', 'deadLettered', 'duplicate', 'conflict', 'superseded', 'erased']),
  kind: z.enum(['finding', 'rejected', 'deadLettered', 'erased']),
  /** Of a rejection, else empty. */
  reason: z.string(),
  /** Of a dead letter, else empty. */
  code: z.string(),
  /** Each hip that the primary model has read: `left osteopenia`, `right no class (AGE_18_TO_49)`. */
  hips: z.array(z.string()),
})

/**
 * What became of an arrival: its verdict, and how the ledger books it (a primary one by its kind). Of an erased one
 * nothing else is told.
 */
export type BookedArrival = z.infer<typeof rowSchema>

const named = 'arrival_id IN {arrivalIds:Array(UUID)}'
const films = `event_id IN (SELECT event_id FROM verdicts WHERE ${named})`

/** By their tombstones, and for the moment until their rows have gone by those. */
const erased = `
  SELECT arrival_id FROM erased_arrivals WHERE ${named}
  UNION ALL
  SELECT arrival_id FROM verdicts AS v WHERE ${named} AND ${isErased('v')}
  UNION ALL
  SELECT arrival_id FROM receipts AS r WHERE ${named} AND ${isErased('r')}`

/** What the thresholds made of a hip whose age, side or state the classes do not hold for is no finding: it is not told. */
const hipSql = `concat(f.hip, ' ', if(
      f.eligible,
      toString(f.density_class),
      concat('no class (', arrayStringConcat(arrayConcat(
        arrayFilter(warning -> startsWith(warning, 'AGE_'), b.warnings), f.warnings), ', '), ')')))`

const sql = `
  SELECT toString(b.arrival_id) AS arrivalId, b.booking AS booking, b.kind AS kind,
    if(b.kind = 'rejected', b.reason, '') AS reason, if(b.kind = 'deadLettered', b.reason, '') AS code,
    arraySort(groupArrayIf(${hipSql}, f.is_primary)) AS hips
  FROM (${bookedVerdicts(films)}) AS b
  LEFT JOIN (SELECT * FROM findings FINAL WHERE ${films}) AS f
    ON ${isReadingOf('f', 'b')} AND b.kind = 'finding'
  WHERE b.${named} AND b.booking != 'erased'
  GROUP BY arrivalId, booking, kind, reason, code
  UNION ALL
  SELECT DISTINCT toString(e.arrival_id), 'erased', 'erased', '', '', []
  FROM (${erased}) AS e
  UNION ALL
  SELECT toString(r.arrival_id), 'deadLettered', toString(u.kind), '', u.reason, []
  FROM (SELECT * FROM receipts FINAL WHERE ${named}) AS r
  INNER JOIN (SELECT * FROM unattributed FINAL) AS u
    ON u.image_topic = r.image_topic AND u.image_partition = r.image_partition AND u.image_offset = r.image_offset
  WHERE r.arrival_id NOT IN (SELECT arrival_id FROM verdicts WHERE ${named})
    AND NOT ${isErased('r')}
  ${finalSettings}`

/** Ids travel as a parameter of the request's address, which ClickHouse bounds. */
const idsAtOnce = 1000

/**
 * Reads what became of arrivals, in pages. One whose record turned out to be unreadable is a dead letter; one without a
 * verdict yet is absent.
 */
export const readBookings = async (
  client: ClickHouse,
  arrivalIds: readonly string[],
): Promise<readonly BookedArrival[]> => {
  const booked: BookedArrival[] = []
  for (let at = 0; at < arrivalIds.length; at += idsAtOnce)
    booked.push(...(await client.query(sql, { arrivalIds: arrivalIds.slice(at, at + idsAtOnce) }, rowSchema)))
  return booked
}
