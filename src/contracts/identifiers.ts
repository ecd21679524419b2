import { z } from 'zod'

/** Which film: lower-case hex of an HMAC-SHA-256 under the site's identity key. */
export const eventIdSchema = z.string().regex(/^[0-9a-f]{64}$/)

/** Which delivery of a film: minted when the film is safe in the spool and stable over every retry. */
export const arrivalIdSchema = z.uuid()

/**
 * Where an unreadable record stands in Kafka, `topic:partition:offset`; it takes the place of the ids that
 * the record itself could not give.
 */
export const recordPointerSchema = z.string().regex(/^[a-z0-9.-]+:\d+:\d+$/)

/** Whose film: lower-case hex of an HMAC-SHA-256 under the site's or the programme's key. */
export const personKeySchema = z.string().regex(/^[0-9a-f]{64}$/)

/** A site: lower-case letters, digits and hyphens. */
export const siteIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)

/** The site under which unreadable records are booked. */
export const unattributedSite = 'unattributed'

/** Lower-case hex SHA-256. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

/** An instant in UTC, ISO 8601 with milliseconds. */
export const instantSchema = z.iso.datetime({ precision: 3 })

/** An offset in decimal digits: offsets are 64 bits wide. */
export const offsetSchema = z.string().regex(/^\d{1,19}$/)

/** The number of a partition, in the 16 bits that every table has for it. */
export const partitionSchema = z.int().min(0).max(65_535)

/** Which attempt at an arrival: 1 at first; a requeue adds one. */
export const attemptSchema = z.int().min(1).max(1000)

/** Where a record stands in Kafka. */
export const recordPositionSchema = z.object({
  topic: z.string(),
  partition: partitionSchema,
  offset: offsetSchema,
})
export type RecordPosition = z.infer<typeof recordPositionSchema>

/** The pointer that names a record's position. */
export const recordPointerOf = (position: RecordPosition): string =>
  `${position.topic}:${position.partition}:${position.offset}`

/** Who asked for something and why; the audit trail. */
export const auditSchema = z.object({
  /** A role account of the programme, never a patient. */
  who: z.string().min(1).max(120),
  why: z.string().min(1).max(500),
  at: instantSchema,
})
