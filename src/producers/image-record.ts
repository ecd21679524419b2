import type { RecordPosition } from '../contracts/identifiers.ts'
import { type ImageHeaders, imageEventType } from '../contracts/image-event.ts'
import { signatureVersion } from '../contracts/signed-film.ts'
import { receiptsTopic } from '../contracts/topics.ts'
import { encodeJsonEvent, eventHeaders } from '../runtime/json-event.ts'
import type { OutgoingRecord } from '../runtime/kafka/types.ts'
import type { SignedArrival } from './sign-arrival.ts'

/** What differs between two publications of one arrival. */
export type PublicationContext = {
  readonly traceparent: string | undefined
  /** The claim check, where the film is too large for the record. */
  readonly dataref: string | undefined
}

type HeaderName = Exclude<keyof ImageHeaders, 'content-type' | 'traceparent'>

const sourceOf = (siteId: string): string => `/sites/${siteId}`

const optional = (name: HeaderName, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: value }

/** The image record of an arrival: metadata in headers, the film itself as the value. */
export const imageRecordOf = (
  { film, attributesText, signature }: SignedArrival,
  bytes: Uint8Array,
  context: PublicationContext,
): OutgoingRecord => {
  const own: Partial<Record<HeaderName, string>> = {
    ce_sentat: film.sentAt,
    ce_siteid: film.siteId,
    ce_spoolid: film.spoolId,
    ce_sequence: String(film.sequence),
    ce_lane: film.lane,
    ce_sigversion: signatureVersion,
    ce_sitesig: signature,
    ce_sitekeyid: film.keyId,
    ce_contentsize: String(film.contentSize),
    ce_contentsha256: film.contentSha256,
    ce_subjectkey: film.subjectKey,
    ce_subjectfrom: film.subjectFrom,
    ce_attempt: '1',
    ce_attributes: attributesText,
  }
  return {
    key: film.eventId,
    value: context.dataref === undefined ? bytes : new Uint8Array(0),
    headers: {
      ...eventHeaders(imageEventType, film.contentType, {
        id: film.arrivalId,
        source: sourceOf(film.siteId),
        subject: film.eventId,
        time: film.receivedAt,
        traceparent: context.traceparent,
      }),
      ...own,
      ...optional('ce_linkkey', film.linkKey),
      ...optional('ce_dataref', context.dataref),
      ...optional('ce_gaterefusal', film.gateRefusal),
    },
  }
}

/** The receipt of an arrival whose image record stands at a position. */
export const receiptRecordOf = (
  { film, signature }: SignedArrival,
  image: RecordPosition,
  traceparent: string | undefined,
): OutgoingRecord =>
  encodeJsonEvent(
    receiptsTopic,
    film.eventId,
    {
      id: film.arrivalId,
      source: sourceOf(film.siteId),
      subject: film.eventId,
      time: film.receivedAt,
      traceparent,
    },
    { ...film, signature, image },
  )
