import { z } from 'zod'
import {
  arrivalIdSchema,
  eventIdSchema,
  instantSchema,
  keyIdSchema,
  personKeySchema,
  sequenceSchema,
  sha256Schema,
  siteIdSchema,
  spoolIdSchema,
} from './identifiers.ts'
import { filmLaneSchema } from './lane.ts'
import { deadLetterCodes, rejectionReasons } from './reasons.ts'

/** Formats of a film on the wire. */
export const filmContentTypes = ['application/dicom', 'image/png', 'image/jpeg'] as const
export const filmContentTypeSchema = z.enum(filmContentTypes)
export type FilmContentType = z.infer<typeof filmContentTypeSchema>

/** The form of what a site signs. */
export const signatureVersion = '1'

/** Where a subject key comes from: a patient id, or the film itself where there is none. */
export const subjectSourceSchema = z.enum(['patient', 'film'])
export type SubjectSource = z.infer<typeof subjectSourceSchema>

/** What an arrival is, and what is said of it wherever it is named. */
export const arrivalSchema = z.object({
  arrivalId: arrivalIdSchema,
  eventId: eventIdSchema,
  siteId: siteIdSchema,
  spoolId: spoolIdSchema,
  /** The number that the spool gave to its acknowledgement. */
  sequence: sequenceSchema,
  /** When the film was safe at the clinic, by the clinic's clock. */
  receivedAt: instantSchema,
  /** When its record was signed to be published, by the clinic's clock. */
  sentAt: instantSchema,
  subjectKey: personKeySchema,
  subjectFrom: subjectSourceSchema,
  linkKey: personKeySchema.optional(),
  contentType: filmContentTypeSchema,
  contentSize: z.int().nonnegative(),
  contentSha256: sha256Schema,
})
export type Arrival = z.infer<typeof arrivalSchema>

/** Why the gate at the clinic kept a file back. */
export const gateRefusalSchema = z.enum([...rejectionReasons, ...deadLetterCodes])
export type GateRefusal = z.infer<typeof gateRefusalSchema>

/** Everything that the signature of a site covers. */
export const signedFilmSchema = arrivalSchema.extend({
  lane: filmLaneSchema,
  /** SHA-256 of the text of `ce_attributes`. */
  attributesSha256: sha256Schema,
  gateRefusal: gateRefusalSchema.optional(),
  keyId: keyIdSchema,
})
export type SignedFilm = z.infer<typeof signedFilmSchema>

/**
 * What a site signs: one line for each field, joined by line feeds; a field that is absent is an empty line. No field
 * can hold a line feed, so no two films have the same text.
 */
export const signedText = (film: SignedFilm): string =>
  [
    `osteostream.film.${signatureVersion}`,
    film.keyId,
    film.siteId,
    film.lane,
    film.spoolId,
    film.sequence,
    film.eventId,
    film.arrivalId,
    film.receivedAt,
    film.sentAt,
    film.contentType,
    film.contentSize,
    film.contentSha256,
    film.attributesSha256,
    film.subjectFrom,
    film.subjectKey,
    film.linkKey ?? '',
    film.gateRefusal ?? '',
  ].join('\n')
