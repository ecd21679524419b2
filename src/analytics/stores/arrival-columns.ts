import type { RecordPosition } from '../../contracts/identifiers.ts'
import type { StoredReceipt } from '../../contracts/ports.ts'
import type { Arrival } from '../../contracts/signed-film.ts'
import type { Columns } from '../../runtime/clickhouse.ts'

/** The first and last instant that a DateTime64 holds; a date beyond them is one of them, not a lost row. */
const firstInstant = '1900-01-01T00:00:00.000Z'
const lastInstant = '2299-12-31T23:59:59.999Z'

/** An instant as a DateTime64 holds it: ISO 8601 text compares as the instants do. */
export const storedInstant = (instant: string): string => {
  if (instant < firstInstant) return firstInstant
  return instant > lastInstant ? lastInstant : instant
}

/** A day as a Date32 holds it. */
export const storedDay = (day: string | undefined): string | null => {
  if (day === undefined) return null
  return storedInstant(`${day}T00:00:00.000Z`).slice(0, 10)
}

/** A number of bytes or pixels as a UInt32 holds it: senders may claim more. */
export const storedSize = (size: number): number => Math.min(size, 2 ** 32 - 1)

/** Columns of what a receipt and a verdict both say of an arrival. */
export const arrivalColumns: Columns<Arrival> = {
  site_id: (arrival) => arrival.siteId,
  event_id: (arrival) => arrival.eventId,
  arrival_id: (arrival) => arrival.arrivalId,
  received_at: (arrival) => storedInstant(arrival.receivedAt),
  sent_at: (arrival) => storedInstant(arrival.sentAt),
  spool_id: (arrival) => arrival.spoolId,
  sequence: (arrival) => String(arrival.sequence),
  subject_key: (arrival) => arrival.subjectKey,
  subject_from: (arrival) => arrival.subjectFrom,
  link_key: (arrival) => arrival.linkKey ?? '',
  content_type: (arrival) => arrival.contentType,
  content_size: (arrival) => storedSize(arrival.contentSize),
  content_sha256: (arrival) => arrival.contentSha256,
}

/** Columns of where the image record stands. */
export const imageColumns: Columns<{ readonly image: RecordPosition }> = {
  image_topic: ({ image }) => image.topic,
  image_partition: ({ image }) => image.partition,
  image_offset: ({ image }) => image.offset,
}

/** Columns of `receipts`: what the site signed, its signature, and when Kafka appended the receipt. */
export const receiptColumns: Columns<StoredReceipt> = {
  ...arrivalColumns,
  ...imageColumns,
  attributes_sha256: (receipt) => receipt.attributesSha256,
  gate_refusal: (receipt) => receipt.gateRefusal ?? '',
  lane: (receipt) => receipt.lane,
  key_id: (receipt) => receipt.keyId,
  signature: (receipt) => receipt.signature,
  told_at: (receipt) => storedInstant(receipt.toldAt),
}
