import { z } from 'zod'
import { filmAttributesSchema } from './film-attributes.ts'
import {
  arrivalIdSchema,
  attemptSchema,
  eventIdSchema,
  instantSchema,
  isMintedAt,
  keyIdSchema,
  macSchema,
  personKeySchema,
  recordPointerSchema,
  sequenceSchema,
  sha256Schema,
  signatureSchema,
  siteIdSchema,
  spoolIdSchema,
} from './identifiers.ts'
import { filmLaneSchema } from './lane.ts'
import {
  filmContentTypeSchema,
  gateRefusalSchema,
  type SignedFilm,
  signatureVersion,
  subjectSourceSchema,
} from './signed-film.ts'

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

const decimal = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)

/**
 * The headers of an image record: CloudEvents 1.0, Kafka binding, binary mode. The record value is the
 * film itself, or empty when `ce_dataref` holds a claim check.
 */
const imageHeaders = z.object({
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
  /** When the record was signed to be published. */
  ce_sentat: instantSchema,
  ce_siteid: siteIdSchema,
  /** The spool that acknowledged the film, and the number that it gave. */
  ce_spoolid: spoolIdSchema,
  ce_sequence: decimal.pipe(sequenceSchema),
  /** On which lane the film travels: the topic says the same. */
  ce_lane: z.string().pipe(filmLaneSchema),
  /** The form of what is signed. */
  ce_sigversion: z.literal(signatureVersion),
  /** Base64 Ed25519 over the text of `signedText`. */
  ce_sitesig: signatureSchema,
  ce_sitekeyid: keyIdSchema,
  ce_contentsize: decimal,
  ce_contentsha256: sha256Schema,
  ce_subjectkey: personKeySchema,
  ce_subjectfrom: z.string().pipe(subjectSourceSchema),
  ce_linkkey: personKeySchema.optional(),
  /** 1 at first; a requeue of a dead letter adds one, and carries the next three headers. */
  ce_attempt: decimal.pipe(attemptSchema),
  ce_firstrecord: recordPointerSchema.optional(),
  ce_firstappendedat: instantSchema.optional(),
  /** The engine's HMAC-SHA-256 over the text of `requeuedText`. */
  ce_enginemac: macSchema.optional(),
  /** The film's attributes as JSON. */
  ce_attributes: json.pipe(filmAttributesSchema),
  ce_dataref: z.string().max(500).optional(),
  /**
   * Why the gate at the clinic kept the file back (it could not be de-identified, or must not be scored):
   * the value is then empty, and the reason or code becomes the verdict. Believed only on an empty value.
   */
  ce_gaterefusal: gateRefusalSchema.optional(),
  traceparent: z.string().max(100).optional(),
})
export const imageHeadersSchema = imageHeaders.refine(({ ce_id, ce_time }) => isMintedAt(ce_id, ce_time), {
  path: ['ce_id'],
  error: 'must be a UUID of version 7 of the instant in ce_time',
})
export type ImageHeaders = z.infer<typeof imageHeadersSchema>

/** What the signature of an event covers, as its headers say it; `attributesSha256` is of the text as it came. */
export const signedFilmOf = (headers: ImageHeaders, attributesSha256: string): SignedFilm => ({
  arrivalId: headers.ce_id,
  eventId: headers.ce_subject,
  siteId: headers.ce_siteid,
  lane: headers.ce_lane,
  spoolId: headers.ce_spoolid,
  sequence: headers.ce_sequence,
  receivedAt: headers.ce_time,
  sentAt: headers.ce_sentat,
  subjectKey: headers.ce_subjectkey,
  subjectFrom: headers.ce_subjectfrom,
  ...(headers.ce_linkkey === undefined ? {} : { linkKey: headers.ce_linkkey }),
  contentType: headers['content-type'],
  contentSize: headers.ce_contentsize,
  contentSha256: headers.ce_contentsha256,
  attributesSha256,
  ...(headers.ce_gaterefusal === undefined ? {} : { gateRefusal: headers.ce_gaterefusal }),
  keyId: headers.ce_sitekeyid,
})

/** What the engine vouches for when it sends a film through screening again. */
export type RequeuedFilm = {
  readonly siteId: string
  readonly arrivalId: string
  readonly attempt: number
  /** Where the first record of the arrival stands, `topic:partition:offset`. */
  readonly firstRecord: string
  /** When Kafka appended it. */
  readonly firstAppendedAt: string
}

/** The text under the engine's MAC on a requeued film. */
export const requeuedText = (film: RequeuedFilm): string =>
  [
    'osteostream.requeue.1',
    film.siteId,
    film.arrivalId,
    film.attempt,
    film.firstRecord,
    film.firstAppendedAt,
  ].join('\n')

/** The major version of a CloudEvents type such as `org.osteostream.image.v1`, where it names one of ours. */
export const majorVersionOf = (type: string | undefined): number | undefined => {
  const match = /^org\.osteostream\.[a-z-]+\.v(\d+)$/.exec(type ?? '')
  return match?.[1] === undefined ? undefined : Number(match[1])
}
