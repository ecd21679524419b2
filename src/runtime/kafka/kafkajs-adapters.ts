/** What kafkajs takes and answers, in the words of this room (`types.ts`). */
import { setTimeout as delay } from 'node:timers/promises'
import { leaveInTime } from './ask-in-time.ts'
import type { OffsetToCommit, OutgoingRecord, PartitionOffsets, StoredPosition } from './types.ts'

/** A record as kafkajs sends it: without a copy of its bytes. */
export const kafkajsMessageOf = (record: OutgoingRecord) => ({
  key: record.key,
  ...(record.partition === undefined ? {} : { partition: record.partition }),
  value:
    record.value === null
      ? null
      : Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength),
  headers: { ...record.headers },
})

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

/** Offsets as a commit request lists them. */
export const offsetsByTopic = (offsets: readonly OffsetToCommit[]) => ({
  topics: [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, entries]) => ({
    topic,
    partitions: entries.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
  })),
})

/** Offsets of one topic as kafkajs takes them to set. */
export const offsetEntries = (offsets: PartitionOffsets) =>
  [...offsets].map(([partition, offset]) => ({ partition, offset: offset.toString() }))

/** Offsets as kafkajs answers them. */
export const offsetsBy = (entries: readonly { partition: number; offset: string }[]): PartitionOffsets =>
  new Map(entries.map((entry) => [entry.partition, BigInt(entry.offset)]))

/**
 * Lowest and next offsets of a topic. Two looks at different topics replace each other's metadata within kafkajs, which
 * then takes an answer apart that has no partitions: that is worth another try, and not the end of a process.
 */
export const topicOffsets = async <Offsets>(
  admin: { readonly fetchTopicOffsets: (topic: string) => Promise<Offsets> },
  topic: string,
): Promise<Offsets> => {
  try {
    return await admin.fetchTopicOffsets(topic)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const lost = new Error(`kafkajs has no partitions of ${topic}`, { cause: error })
    throw Object.assign(lost, { retriable: true })
  }
}

/**
 * What is left of the tries after an error: one less where time mends it. A group may have no coordinator on a broker that has
 * just started: kafkajs asks for one for seconds and then calls that final, so such a try counts for ten.
 */
const triesAfter = (error: unknown, attempts: number): number => {
  if (!(error instanceof Error)) return 0
  if (error.name === 'KafkaJSGroupCoordinatorNotFound') return attempts - 10
  return 'retriable' in error && error.retriable === true ? attempts - 1 : 0
}

/**
 * A request may find the coordinator of a group missing or still loading, or a broker that is back but does not lead its
 * partitions yet, which kafkajs's admin does not retry.
 */
export const whileLoading = async <Result>(work: () => Promise<Result>, attempts = 50): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    const left = triesAfter(error, attempts)
    if (left <= 0) throw error
    await delay(200)
    return whileLoading(work, left)
  }
}

/**
 * Lets the handler finish and commit, and only then leaves the group. kafkajs leaves when its requests are answered: one to
 * join waits for the other members, for a whole session where one of them is dead.
 */
export const stopMember = async (
  membership: { readonly stop: () => Promise<void> },
  consumer: { readonly disconnect: () => Promise<void> },
): Promise<void> => {
  try {
    await membership.stop()
  } finally {
    await leaveInTime(consumer.disconnect())
  }
}
