import { z } from 'zod'
import type { DeadLetter, DeadLetterReader } from '../../contracts/ports.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

const rowSchema = z
  .object({
    arrivalId: z.string(),
    eventId: z.string(),
    siteId: z.string(),
    receivedAt: z.string(),
    screenedAt: z.string(),
    attempt: z.number(),
    code: z.string(),
    detail: z.string(),
    size: z.coerce.number(),
    digest: z.string(),
    topic: z.string(),
    partition: z.number(),
    offset: z.string(),
    headers: z.string().transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text || '{}'))),
  })
  .transform(
    ({ topic, partition, offset, ...letter }): DeadLetter => ({
      ...letter,
      image: { topic, partition, offset },
    }),
  )

const common = `received_at AS receivedAt, screened_at AS screenedAt, code, detail, payload_size AS size,
  payload_digest AS digest, image_topic AS topic, image_partition AS partition, toString(image_offset) AS offset,
  payload_headers AS headers`

/** Current dead letters of every kind; an unreadable record goes by its position in place of its ids. */
const deadLetters = `(
  SELECT arrival_id AS arrivalId, event_id AS eventId, site_id AS siteId, attempt, ${common}
  FROM verdicts FINAL WHERE kind = 'deadLettered'
  UNION ALL
  SELECT pointer AS arrivalId, pointer AS eventId, 'unattributed' AS siteId, 1 AS attempt, ${common}
  FROM unattributed FINAL
)`

/** Reads the dead letters that no later attempt has replaced. */
export const createDeadLetterReader = (deps: { client: ClickHouse }): DeadLetterReader => ({
  list: (limit) =>
    deps.client.query(
      `SELECT * FROM ${deadLetters} ORDER BY screenedAt DESC, arrivalId LIMIT {limit:UInt32}`,
      { limit },
      rowSchema,
    ),
  find: async (arrivalId) => {
    const rows = await deps.client.query(
      `SELECT * FROM ${deadLetters} WHERE arrivalId = {arrivalId:String}`,
      { arrivalId },
      rowSchema,
    )
    return rows[0]
  },
})
