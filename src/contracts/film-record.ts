import type { RecordPosition } from './identifiers.ts'

/** An image record as it stands in Kafka, before anything of it is believed. */
export type FilmRecord = {
  readonly position: RecordPosition
  readonly key: string | undefined
  /** The broker's time stamp. */
  readonly timestamp: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

/** What a reader of Kafka hands over. */
type KafkaRecord = {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly timestampMs: number
  readonly key: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

/** The last instant that JavaScript and ISO 8601 with four digits can name. */
const latestMs = Date.parse('9999-12-31T23:59:59.999Z')

/** The broker's time stamp of a record as an instant; a producer may have written anything there. */
export const recordedAt = (timestampMs: number): string =>
  new Date(timestampMs >= 0 && timestampMs <= latestMs ? timestampMs : 0).toISOString()

/** A record of a films topic as the screener takes it. */
export const filmRecordOf = (record: KafkaRecord): FilmRecord => ({
  position: { topic: record.topic, partition: record.partition, offset: record.offset.toString() },
  key: record.key,
  timestamp: recordedAt(record.timestampMs),
  headers: record.headers,
  value: record.value,
})
