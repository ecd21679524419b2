import { messageOf } from './errors.ts'
import type { ConsumedRecord, OutgoingRecord } from './kafka/types.ts'

/** What is known of an event besides its data: CloudEvents 1.0 attributes. */
export type EventMetadata = {
  readonly id: string
  readonly source: string
  readonly subject: string
  /** ISO 8601. */
  readonly time: string
  readonly traceparent?: string | undefined
}

/** A topic whose records are CloudEvents in binary mode with JSON data. */
export type JsonTopic<Data> = {
  readonly eventType: string
  readonly schema: {
    readonly safeParse: (input: unknown) => { success: true; data: Data } | { success: false; error: Error }
  }
}

/** What became of reading a record. */
export type DecodedEvent<Data> =
  | { readonly kind: 'ok'; readonly data: Data; readonly traceparent: string | undefined }
  | { readonly kind: 'unknown-type'; readonly type: string }
  | { readonly kind: 'invalid'; readonly detail: string }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The CloudEvents headers of binary mode. */
export const eventHeaders = (
  eventType: string,
  contentType: string,
  metadata: EventMetadata,
): Record<string, string> => ({
  'content-type': contentType,
  ce_specversion: '1.0',
  ce_type: eventType,
  ce_source: metadata.source,
  ce_id: metadata.id,
  ce_subject: metadata.subject,
  ce_time: metadata.time,
  ...(metadata.traceparent === undefined ? {} : { traceparent: metadata.traceparent }),
})

/** Encodes an event; `key` chooses the partition. */
export const encodeJsonEvent = <Data>(
  topic: JsonTopic<Data>,
  key: string,
  metadata: EventMetadata,
  data: Data,
): OutgoingRecord => ({
  key,
  value: encoder.encode(JSON.stringify(data)),
  headers: eventHeaders(topic.eventType, 'application/json', metadata),
})

/** Reads an event and checks it against the topic's schema; additive fields are ignored. */
export const decodeJsonEvent = <Data>(topic: JsonTopic<Data>, record: ConsumedRecord): DecodedEvent<Data> => {
  const type = record.headers['ce_type'] ?? ''
  if (type !== topic.eventType) return { kind: 'unknown-type', type }
  try {
    const parsed = topic.schema.safeParse(JSON.parse(decoder.decode(record.value)))
    if (!parsed.success) return { kind: 'invalid', detail: parsed.error.message }
    return { kind: 'ok', data: parsed.data, traceparent: record.headers['traceparent'] }
  } catch (error) {
    return { kind: 'invalid', detail: messageOf(error) }
  }
}
