import { z } from 'zod'

/** Which film: lower-case hex of an HMAC-SHA-256 under the site's identity key. */
export const eventIdSchema = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * Which delivery of a film: minted when the film is safe in the spool and stable over every retry. A UUID of version 7
 * (RFC 9562) whose instant is `receivedAt`, so that one arrival can never stand in two months.
 */
export const arrivalIdSchema = z.uuidv7()

/** Whether an arrival id was minted at an instant: its first 48 bits are milliseconds since 1970. */
export const isMintedAt = (arrivalId: string, instant: string): boolean =>
  Number.parseInt(arrivalId.slice(0, 8) + arrivalId.slice(9, 13), 16) === Date.parse(instant)

/** Which spool of a site has acknowledged a film. */
export const spoolIdSchema = z.uuid()

/** The number of an acknowledgement of a spool for a site: 1, 2, 3 and so on, without a gap. */
export const sequenceSchema = z.int().min(1)

/**
 * Where an unreadable record stands in Kafka, `topic:partition:offset`; it takes the place of the ids that
 * the record itself could not give.
 */
export const recordPointerSchema = z.string().regex(/^[a-z0-9.-]+:\d+:\d+$/)

/** Whose film: lower-case hex of an HMAC-SHA-256 under the site's or the programme's key. */
export const personKeySchema = z.string().regex(/^[0-9a-f]{64}$/)

/** Which of a site's keys has signed. */
export const keyIdSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)

/** A signed 64-byte Ed25519 signature in base64. */
export const signatureSchema = z.string().regex(/^[A-Za-z0-9+/]{86}==$/)

/** An HMAC-SHA-256 of the engine, in lower-case hex. */
export const macSchema = z.string().regex(/^[0-9a-f]{64}$/)

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

/** The last attempt that can be made at an arrival. */
export const largestAttempt = 1000

/** Which attempt at an arrival: 1 at first; a requeue adds one. */
export const attemptSchema = z.int().min(1).max(largestAttempt)

/** Where a record stands in Kafka. */
export const recordPositionSchema = z.object({
  topic: z.string().regex(/^[a-z0-9.-]{1,120}$/),
  partition: partitionSchema,
  offset: offsetSchema,
})
export type RecordPosition = z.infer<typeof recordPositionSchema>

/** The pointer that names a record's position, as a person writes it: `topic:partition:offset`. */
export const recordPointerOf = (position: {
  readonly topic: string
  readonly partition: number
  readonly offset: string | bigint
}): string => `${position.topic}:${position.partition}:${position.offset}`

/** Who asked for something and why; the audit trail. */
export const auditSchema = z.object({
  /** A role account of the programme, never a patient. */
  who: z.string().min(1).max(120),
  why: z.string().min(1).max(500),
  at: instantSchema,
})
