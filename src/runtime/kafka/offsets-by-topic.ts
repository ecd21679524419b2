import type { OffsetToCommit, PartitionOffsets } from './types.ts'

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
