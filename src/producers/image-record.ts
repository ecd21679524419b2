import type { RecordPosition } from '../contracts/identifiers.ts'
import { type ImageHeaders, imageEventType } from '../contracts/image-event.ts'
import { type Receipt, receiptSchema } from '../contracts/receipt.ts'
import { receiptsTopic } from '../contracts/topics.ts'
import { encodeJsonEvent, eventHeaders } from '../runtime/json-event.ts'
import type { OutgoingRecord } from '../runtime/kafka/types.ts'
import type { ArrivalSignature } from './sign-arrival.ts'
import type { SpooledArrival } from './spool.ts'

/** What differs between two publications of one arrival. */
export type PublicationContext = {
  readonly signature: ArrivalSignature
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
  arrival: SpooledArrival,
  film: Uint8Array,
  context: PublicationContext,
): OutgoingRecord => {
  const own: Partial<Record<HeaderName, string>> = {
    ce_siteid: arrival.siteId,
    ce_sitesig: context.signature.signature,
    ce_sitekeyid: context.signature.keyId,
    ce_contentsize: String(arrival.contentSize),
    ce_contentsha256: arrival.contentSha256,
    ce_subjectkey: arrival.subjectKey,
    ce_attempt: '1',
    ce_attributes: JSON.stringify(arrival.attributes),
  }
  return {
    key: arrival.eventId,
    value: context.dataref === undefined ? film : new Uint8Array(0),
    headers: {
      ...eventHeaders(imageEventType, arrival.contentType, {
        id: arrival.arrivalId,
        source: sourceOf(arrival.siteId),
        subject: arrival.eventId,
        time: arrival.receivedAt,
        traceparent: context.traceparent,
      }),
      ...own,
      ...optional('ce_linkkey', arrival.linkKey),
      ...optional('ce_dataref', context.dataref),
      ...optional('ce_gaterefusal', arrival.gateRefusal),
    },
  }
}

/** The receipt of an arrival whose image record stands at a position. */
export const receiptRecordOf = (
  arrival: SpooledArrival,
  image: RecordPosition,
  traceparent: string | undefined,
): OutgoingRecord => {
  // The schema takes from the spooled arrival what a receipt says, and leaves the rest.
  const receipt: Receipt = receiptSchema.parse({ ...arrival, attempt: 1, image })
  return encodeJsonEvent(
    receiptsTopic,
    arrival.eventId,
    {
      id: arrival.arrivalId,
      source: sourceOf(arrival.siteId),
      subject: arrival.eventId,
      time: arrival.receivedAt,
      traceparent,
    },
    receipt,
  )
}
