import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Running } from '../lifecycle.ts'
import type { ConsumedRecord, KafkaAdmin, RecordConsumer } from './types.ts'

/** A whole topic, read from its beginning and followed. */
export type FollowedTopic = Running & {
  /** Resolves when every record that the topic held at the time of the call has been applied. */
  readonly catchUp: () => Promise<void>
}

export type FollowTopicOptions = {
  readonly topic: string
  readonly apply: (record: ConsumedRecord) => void
  readonly consume: RecordConsumer
  readonly admin: Pick<KafkaAdmin, 'bounds' | 'deleteGroup'>
  readonly onCrash: (error: Error) => void
}

const pollMs = 20

/** Follows a small compacted topic under a group of its own that commits nothing. */
export const followTopic = async (options: FollowTopicOptions): Promise<FollowedTopic> => {
  const groupId = `osteostream.follow.${randomUUID()}`
  const next = new Map<number, bigint>()
  const consumer = await options.consume({
    groupId,
    topics: [options.topic],
    fetchBytes: 4 * 1024 * 1024,
    sessionTimeoutMs: 30_000,
    onCrash: options.onCrash,
    handler: {
      assigned: () => {},
      accept: async (record) => {
        options.apply(record)
        next.set(record.partition, record.offset + 1n)
        return true
      },
      drain: async () => {},
    },
  })
  const isCaughtUp = (low: ReadonlyMap<number, bigint>, end: ReadonlyMap<number, bigint>): boolean =>
    [...end].every(
      ([partition, offset]) => offset === (low.get(partition) ?? 0n) || (next.get(partition) ?? 0n) >= offset,
    )
  return {
    catchUp: async () => {
      const { low, end } = await options.admin.bounds(options.topic)
      while (!isCaughtUp(low, end)) await delay(pollMs)
    },
    stop: async () => {
      await consumer.stop()
      await options.admin.deleteGroup(groupId)
    },
  }
}
