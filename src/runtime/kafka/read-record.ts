import { randomUUID } from 'node:crypto'
import type { ConsumedRecord, KafkaAdmin, RecordConsumer } from './types.ts'

export type ReadRecordDeps = {
  readonly consume: RecordConsumer
  readonly admin: Pick<KafkaAdmin, 'bounds' | 'setCommitted' | 'deleteGroup'>
}

export type ReadRecord = (
  topic: string,
  partition: number,
  offset: bigint,
) => Promise<ConsumedRecord | undefined>

/** Reads single records; answers undefined where retention has taken the record or it was never there. */
export const createReadRecord =
  (deps: ReadRecordDeps): ReadRecord =>
  async (topic, partition, offset) => {
    const { low, end } = await deps.admin.bounds(topic)
    if (offset < (low.get(partition) ?? 0n) || offset >= (end.get(partition) ?? 0n)) return undefined
    const groupId = `osteostream.read.${randomUUID()}`
    // Every other partition starts at its end, so that nothing but the one record is fetched.
    await deps.admin.setCommitted(groupId, topic, new Map([...end, [partition, offset]]))
    const { promise, resolve, reject } = Promise.withResolvers<ConsumedRecord | undefined>()
    const consumer = await deps.consume({
      groupId,
      topics: [topic],
      fetchBytes: 1024 * 1024,
      sessionTimeoutMs: 30_000,
      onCrash: reject,
      handler: {
        assigned: () => {},
        accept: async (record) => {
          if (record.partition !== partition) return true
          resolve(record.offset === offset ? record : undefined)
          return false
        },
        drain: async () => {},
      },
    })
    try {
      return await promise
    } finally {
      await consumer.stop()
      await deps.admin.deleteGroup(groupId)
    }
  }
