import type { OffsetToCommit } from './types.ts'

/** Offsets as a commit request lists them. */
export const offsetsByTopic = (offsets: readonly OffsetToCommit[]) => ({
  topics: [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, entries]) => ({
    topic,
    partitions: entries.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
  })),
})
