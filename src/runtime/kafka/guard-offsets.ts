import type { KafkaAdmin, TopicCut } from './types.ts'

/** A partition that can be read on, and where its group stands; undefined where it has never committed. */
export type Standing = {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint | undefined
}

/** Compares where a group stands with what the log still holds. */
export type OffsetGuard = {
  readonly check: (
    partitions: ReadonlyMap<string, readonly number[]>,
  ) => Promise<{ readonly standing: readonly Standing[]; readonly cuts: readonly TopicCut[] }>
  /** Why a record is not the one that comes next; undefined where compaction has taken those between. */
  readonly cutBefore: (
    found: { readonly topic: string; readonly partition: number; readonly offset: bigint },
    expected: bigint,
  ) => Promise<TopicCut | undefined>
}

/** Creates the guard of one group. */
export const createOffsetGuard = (
  groupId: string,
  admin: Pick<KafkaAdmin, 'bounds' | 'committed'>,
): OffsetGuard => {
  const readTopic = async (topic: string, partitions: readonly number[]) => {
    const [{ low, end }, committed] = await Promise.all([
      admin.bounds(topic),
      admin.committed(groupId, topic),
    ])
    return partitions.map((partition) => ({
      topic,
      partition,
      offset: committed.get(partition),
      first: low.get(partition) ?? 0n,
      end: end.get(partition) ?? 0n,
    }))
  }
  return {
    check: async (partitions) => {
      const read = await Promise.all([...partitions].map(([topic, numbers]) => readTopic(topic, numbers)))
      const standing: Standing[] = []
      const cuts: TopicCut[] = []
      for (const { topic, partition, offset, first, end } of read.flat())
        if (offset !== undefined && (offset < first || offset > end))
          cuts.push({ topic, partition, expected: offset, first, end })
        else standing.push({ topic, partition, offset })
      return { standing, cuts }
    },
    cutBefore: async ({ topic, partition, offset }, expected) => {
      const { low, end } = await admin.bounds(topic)
      const first = low.get(partition) ?? 0n
      const isMadeAnew = offset < expected
      if (first <= expected && !isMadeAnew) return undefined
      return { topic, partition, expected, first, end: end.get(partition) ?? 0n }
    },
  }
}
