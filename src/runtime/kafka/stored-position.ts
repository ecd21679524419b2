import type { StoredPosition } from './types.ts'

/** What the library hands on of Kafka's acknowledgement. */
type Acknowledgement = {
  readonly topicName: string
  readonly partition: number
  readonly baseOffset?: string | undefined
}

/** Where a record stands. An acknowledgement without an offset is a failure: the record may not be in the log. */
export const storedPositionOf = (acknowledged: Acknowledgement | undefined): StoredPosition => {
  const offset = acknowledged?.baseOffset
  if (acknowledged === undefined || offset === undefined || offset.startsWith('-'))
    throw new Error('kafka acknowledged a record without an offset')
  return { topic: acknowledged.topicName, partition: acknowledged.partition, offset }
}
