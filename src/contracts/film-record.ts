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

/** A record of a films topic as the screener takes it. */
export const filmRecordOf = (record: KafkaRecord): FilmRecord => ({
  position: { topic: record.topic, partition: record.partition, offset: record.offset.toString() },
  key: record.key,
  timestamp: new Date(record.timestampMs).toISOString(),
  headers: record.headers,
  value: record.value,
})
