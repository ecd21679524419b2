import { z } from 'zod'
import type { FilmPath } from '../../contracts/film-path.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { readBookings } from '../stores/booking-reader.ts'

const rowSchema = z.object({
  arrivalId: z.string(),
  siteId: z.string(),
  receivedAt: z.string(),
  sentAt: z.string(),
  appendedAt: z.string(),
  screenedAt: z.string(),
  reason: z.string(),
  attempt: z.number(),
  place: z.string(),
  contentSha256: z.string(),
  contentSize: countSchema,
  finder: z.string(),
})

const sql = `
  SELECT toString(arrival_id) AS arrivalId, site_id AS siteId, received_at AS receivedAt, sent_at AS sentAt,
    appended_at AS appendedAt, screened_at AS screenedAt, reason, attempt,
    concat(image_topic, ':', toString(image_partition), ':', toString(image_offset)) AS place,
    toString(content_sha256) AS contentSha256, toUInt64(content_size) AS contentSize, finder_version AS finder
  FROM verdicts FINAL WHERE arrival_id = {arrivalId:UUID}`

/** The way of one film: several where clinics have used one arrival id. Erased ones tell nothing. */
export const readFilmPath = async (client: ClickHouse, arrivalId: string): Promise<readonly FilmPath[]> => {
  const [booked] = await readBookings(client, [arrivalId])
  if (booked === undefined || booked.booking === 'erased') return []
  const rows = await client.query(sql, { arrivalId }, rowSchema)
  return rows.map((row) => ({ ...row, outcome: booked.booking }))
}
