import { z } from 'zod'
import type { DeadLetter, DeadLetterReader } from '../../contracts/dead-letter.ts'
import { unattributedSite } from '../../contracts/identifiers.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'

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
    size: countSchema,
    digest: z.string(),
    topic: z.string(),
    partition: z.number(),
    offset: z.string(),
    firstOffset: z.string(),
    firstAppendedAt: z.string(),
    attributed: z.boolean(),
    headers: z.record(z.string(), z.string()),
  })
  .transform(
    ({ topic, partition, offset, firstOffset, ...letter }): DeadLetter => ({
      ...letter,
      image: { topic, partition, offset },
      firstImage: { topic, partition, offset: firstOffset },
    }),
  )

const common = `received_at AS receivedAt, screened_at AS screenedAt, attempt, reason AS code, detail,
  toUInt64(letter_size) AS size, letter_digest AS digest, image_topic AS topic, image_partition AS partition,
  toString(image_offset) AS offset, letter_headers AS headers`

/**
 * Current dead letters of every kind, after FINAL has let a later attempt win. An unreadable record goes by
 * its pointer in place of both ids.
 */
const lettersOf = (arrival: string, record: string): string => `
  SELECT toString(arrival_id) AS arrivalId, toString(event_id) AS eventId, toString(site_id) AS siteId, ${common},
    toString(first_offset) AS firstOffset, appended_at AS firstAppendedAt, true AS attributed
  FROM verdicts FINAL WHERE kind = 'deadLettered' ${arrival}
  UNION ALL
  SELECT pointer AS arrivalId, pointer AS eventId, '${unattributedSite}' AS siteId, ${common},
    toString(image_offset) AS firstOffset, received_at AS firstAppendedAt, false AS attributed
  FROM unattributed FINAL WHERE kind = 'deadLettered' ${record}`

const isUuid = (text: string): boolean => z.guid().safeParse(text).success

/** Reads the dead letters that no later attempt has replaced, the latest first. */
export const createDeadLetterReader = (deps: { client: ClickHouse }): DeadLetterReader => ({
  list: (limit) =>
    deps.client.query(
      `SELECT * FROM (${lettersOf('', '')}) ORDER BY screenedAt DESC, arrivalId LIMIT {limit:UInt32}`,
      { limit },
      rowSchema,
    ),
  find: async (arrivalId, siteId = '') => {
    const sql = isUuid(arrivalId)
      ? lettersOf("AND arrival_id = {arrivalId:UUID} AND {siteId:String} IN ('', site_id)", 'AND false')
      : lettersOf('AND false', 'AND pointer = {arrivalId:String}')
    return deps.client.query(sql, { arrivalId, siteId }, rowSchema)
  },
})
