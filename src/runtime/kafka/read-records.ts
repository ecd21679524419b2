import { randomUUID } from 'node:crypto'
import type { ConsumedRecord, KafkaAdmin, PartitionOffsets, RecordConsumer } from './types.ts'

export type ReadRecordsDeps = {
  readonly consume: RecordConsumer
  readonly admin: Pick<KafkaAdmin, 'bounds' | 'deleteGroup'>
}

/** Offsets of one topic by partition, in any order. */
export type WantedOffsets = ReadonlyMap<number, readonly bigint[]>

/**
 * Reads the records of a topic at these offsets and resolves when it has passed the last one of each partition.
 * `take` gets them in rising order within a partition, the next when it has resolved. What retention has taken, or was
 * never there, is left out.
 */
export type ReadRecords = (
  topic: string,
  wanted: WantedOffsets,
  take: (record: ConsumedRecord) => Promise<void>,
) => Promise<void>

/** How often to look whether retention has taken what is still wanted. */
const lookMs = 1000

type Span = { readonly first: bigint; readonly last: bigint }

/** From the first to the last wanted offset of each partition that the log still holds. */
const spansOf = (
  wanted: WantedOffsets,
  { low, end }: { low: PartitionOffsets; end: PartitionOffsets },
): ReadonlyMap<number, Span> =>
  new Map(
    [...wanted].flatMap(([partition, offsets]) => {
      const within = offsets
        .filter((offset) => offset >= (low.get(partition) ?? 0n) && offset < (end.get(partition) ?? 0n))
        .toSorted((a, b) => (a < b ? -1 : 1))
      const [first, last] = [within[0], within.at(-1)]
      return first === undefined || last === undefined ? [] : [[partition, { first, last }] as const]
    }),
  )

/** Creates a reader of single records; nothing but the spans in which they lie is fetched. */
export const createReadRecords =
  (deps: ReadRecordsDeps): ReadRecords =>
  async (topic, wanted, take) => {
    const spans = new Map(spansOf(wanted, await deps.admin.bounds(topic)))
    if (spans.size === 0) return
    const sets = new Map([...wanted].map(([partition, offsets]) => [partition, new Set(offsets)]))
    const startAt = new Map([
      [topic, new Map([...spans].map(([partition, { first }]) => [partition, first]))],
    ])
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const passed = (partition: number): void => {
      spans.delete(partition)
      if (spans.size === 0) resolve()
    }
    const accept = async (record: ConsumedRecord): Promise<boolean> => {
      const span = spans.get(record.partition)
      if (span === undefined) return false
      if (sets.get(record.partition)?.delete(record.offset) === true) await take(record)
      if (record.offset >= span.last) passed(record.partition)
      return true
    }
    const groupId = `osteostream.read.${randomUUID()}`
    const consumer = await deps.consume({
      groupId,
      topics: [topic],
      startAt,
      fetchBytes: 4 * 1024 * 1024,
      sessionTimeoutMs: 30_000,
      onCrash: reject,
      handler: {
        assigned: () => {},
        accept: (record) => accept(record).catch((error: unknown) => (reject(error), false)),
        drain: async () => {},
      },
    })
    const look = async (): Promise<void> => {
      const { low } = await deps.admin.bounds(topic)
      for (const [partition, { last }] of spans) if (last < (low.get(partition) ?? 0n)) passed(partition)
    }
    const timer = setInterval(() => void look().catch(reject), lookMs)
    try {
      await promise
    } finally {
      clearInterval(timer)
      await consumer.stop()
      await deps.admin.deleteGroup(groupId)
    }
  }

/** Reads one record; answers undefined where retention has taken it or it was never there. */
export type ReadRecord = (
  topic: string,
  partition: number,
  offset: bigint,
) => Promise<ConsumedRecord | undefined>

/** Creates a reader of one record at a time. */
export const createReadRecord = (deps: ReadRecordsDeps): ReadRecord => {
  const read = createReadRecords(deps)
  return async (topic, partition, offset) => {
    let found: ConsumedRecord | undefined
    await read(topic, new Map([[partition, [offset]]]), async (record) => {
      found = record
    })
    return found
  }
}
