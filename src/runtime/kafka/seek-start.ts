import type { PartitionOffsets } from './types.ts'

type Seekable = {
  readonly seek: (to: { topic: string; partition: number; offset: string }) => void
  readonly pause: (topics: { topic: string; partitions: number[] }[]) => void
}

/** Moves to where reading shall begin; called between joining the group and the first fetch. */
export const seekStart = (
  consumer: Seekable,
  startAt: ReadonlyMap<string, PartitionOffsets>,
  assigned: Readonly<Record<string, readonly number[]>>,
): void => {
  for (const [topic, partitions] of Object.entries(assigned))
    for (const partition of partitions) {
      const offset = startAt.get(topic)?.get(partition)
      if (offset === undefined) consumer.pause([{ topic, partitions: [partition] }])
      else consumer.seek({ topic, partition, offset: offset.toString() })
    }
}
