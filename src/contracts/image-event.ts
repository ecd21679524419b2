import { z } from 'zod'
import { filmAttributesSchema } from './film-attributes.ts'
import {
  arrivalIdSchema,
  attemptSchema,
  eventIdSchema,
  instantSchema,
  personKeySchema,
  sha256Schema,
  siteIdSchema,
} from './identifiers.ts'
import { deadLetterCodes, rejectionReasons } from './reasons.ts'

/** Formats of a film on the wire. */
export const filmContentTypes = ['application/dicom', 'image/png', 'image/jpeg'] as const
export const filmContentTypeSchema = z.enum(filmContentTypes)
export type FilmContentType = z.infer<typeof filmContentTypeSchema>

/** Films up to this many bytes travel inside the record. */
export const inlineFilmBytes = 8 * 1024 * 1024
/** Films above this many bytes are refused. */
export const largestFilmBytes = 64 * 1024 * 1024

export const imageEventType = 'org.osteostream.image.v1'

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' })
    return z.NEVER
  }
})

/** A signed 64-byte Ed25519 signature in base64. */
export const signatureSchema = z.string().regex(/^[A-Za-z0-9+/]{86}==$/)

const decimal = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)

/**
 * The headers of an image record: CloudEvents 1.0, Kafka binding, binary mode. The record value is the
 * film itself, or empty when `ce_dataref` holds a claim check.
 */
export const imageHeadersSchema = z.object({
  'content-type': z.string().pipe(filmContentTypeSchema),
  ce_specversion: z.literal('1.0'),
  ce_type: z.literal(imageEventType),
  ce_source: z.string().regex(/^\/sites\/[a-z0-9-]+$/),
  /** The arrival id. */
  ce_id: arrivalIdSchema,
  /** The event id. */
  ce_subject: eventIdSchema,
  /** `receivedAt`: when the film was safe in the spool. */
  ce_time: instantSchema,
  ce_siteid: siteIdSchema,
  /** Base64 Ed25519 over the text of `signedText`. */
  ce_sitesig: signatureSchema,
  ce_sitekeyid: z.string().min(1).max(64),
  ce_contentsize: decimal,
  ce_contentsha256: sha256Schema,
  ce_subjectkey: personKeySchema,
  ce_linkkey: personKeySchema.optional(),
  /** 1 at first; a requeue of a dead letter adds one. */
  ce_attempt: decimal.pipe(attemptSchema),
  /** The film's attributes as JSON. */
  ce_attributes: json.pipe(filmAttributesSchema),
  ce_dataref: z.string().max(500).optional(),
  /**
   * Why the gate at the clinic kept the file back (it could not be de-identified, or must not be scored):
   * the value is then empty, and the reason or code becomes the verdict. Believed only on an empty value.
   */
  ce_gaterefusal: z.enum([...rejectionReasons, ...deadLetterCodes]).optional(),
  traceparent: z.string().max(100).optional(),
})
export type ImageHeaders = z.infer<typeof imageHeadersSchema>

/** What a site signs: one line each, joined by line feeds. */
export const signedText = (event: {
  arrivalId: string
  eventId: string
  siteId: string
  receivedAt: string
  contentSha256: string
}): string => [event.arrivalId, event.eventId, event.siteId, event.receivedAt, event.contentSha256].join('\n')

/** The major version of a CloudEvents type such as `org.osteostream.image.v1`, where it names one of ours. */
export const majorVersionOf = (type: string | undefined): number | undefined => {
  const match = /^org\.osteostream\.[a-z-]+\.v(\d+)$/.exec(type ?? '')
  return match?.[1] === undefined ? undefined : Number(match[1])
}
