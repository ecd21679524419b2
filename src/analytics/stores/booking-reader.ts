import { z } from 'zod'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

const rowSchema = z.object({
  arrivalId: z.string(),
  booking: z.enum(['finding', 'rejected', 'deadLettered', 'duplicate', 'conflict']),
  kind: z.enum(['finding', 'rejected', 'deadLettered']),
  reason: z.string(),
  code: z.string(),
  hips: z.array(z.string()),
})

/** What became of an arrival: its verdict, and how the ledger books it. */
export type BookedArrival = z.infer<typeof rowSchema>

/** Reads what became of arrivals; those without a verdict yet are absent. */
export const readBookings = (
  client: ClickHouse,
  arrivalIds: readonly string[],
): Promise<readonly BookedArrival[]> =>
  client.query(
    `SELECT b.arrival_id AS arrivalId, b.booking AS booking, b.kind AS kind, b.reason AS reason, b.code AS code,
       groupArrayIf(concat(f.hip, ' ', f.density_class, if(f.eligible, '', ' (no vote)')), f.is_primary) AS hips
     FROM bookings AS b
     LEFT JOIN (SELECT * FROM findings FINAL) AS f
       ON f.event_id = b.event_id AND f.arrival_id = b.arrival_id AND f.version = b.version
     WHERE b.arrival_id IN {arrivalIds:Array(String)}
     GROUP BY arrivalId, booking, kind, reason, code`,
    { arrivalIds },
    rowSchema,
  )
