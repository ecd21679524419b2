import { type HeaderValues, textHeaders } from './text-headers.ts'
import type { ConsumedRecord, ConsumerOptions } from './types.ts'

/** What a client library has fetched of one partition. */
type Fetched = {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly {
    readonly offset: string
    readonly timestamp: string
    readonly key: Buffer | null
    readonly headers?: HeaderValues
    readonly value: Buffer | null
  }[]
}

/** The records of a fetch, each made when it is asked for. */
export const consumedRecords = (
  { topic, partition, messages }: Fetched,
  headers: ConsumerOptions['headers'],
): Iterable<ConsumedRecord> => ({
  *[Symbol.iterator]() {
    for (const message of messages)
      yield {
        topic,
        partition,
        offset: BigInt(message.offset),
        timestampMs: Number(message.timestamp),
        key: message.key?.toString(),
        headers: textHeaders(message.headers, headers),
        value: message.value ?? new Uint8Array(0),
      }
  },
})
