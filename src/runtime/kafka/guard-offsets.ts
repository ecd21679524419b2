import type { KafkaAdmin, PartitionOffsets, TopicCut } from './types.ts'

/** A partition that can be read on, and where its group goes on. */
export type Standing = {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Whether the group has never committed, and goes on where the log begins. */
  readonly isNew: boolean
  /** Whether this is behind a gap that somebody has accepted: the group has committed less. */
  readonly isBehindGap: boolean
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

/**
 * The group whose committed offsets say how far a gap of another group was accepted. It has no members, so that it can be
 * written while the other one reads; and it is named after where the gap begins, so that no other gap is taken for it.
 */
export const gapGroupOf = (groupId: string, from: bigint): string => `${groupId}.gap.${from}`

type Where = { readonly topic: string; readonly partition: number }
type Bounds = { readonly first: bigint; readonly end: bigint }

/** Whether a group stands where the log holds nothing: before its beginning, or beyond its end. */
const isCut = (offset: bigint, { first, end }: Bounds): boolean => offset < first || offset > end

/** Creates the guard of one group. */
export const createOffsetGuard = (
  groupId: string,
  admin: Pick<KafkaAdmin, 'bounds' | 'committed'>,
): OffsetGuard => {
  const boundsOf = async (topic: string) => {
    const { low, end } = await admin.bounds(topic)
    return (partition: number): Bounds => ({ first: low.get(partition) ?? 0n, end: end.get(partition) ?? 0n })
  }
  /** Goes on over gaps that were accepted, one after the other; a topic that was made anew has none. */
  const overGaps = async ({ topic, partition }: Where, from: bigint, bounds: Bounds): Promise<bigint> => {
    let offset = from
    while (offset < bounds.first) {
      const accepted: PartitionOffsets = await admin.committed(gapGroupOf(groupId, offset), topic)
      const to = accepted.get(partition)
      if (to === undefined || to <= offset || to > bounds.end) return offset
      offset = to
    }
    return offset
  }
  const lookAt = async (where: Where, committed: bigint | undefined, bounds: Bounds) => {
    const isNew = committed === undefined
    const offset = isNew ? bounds.first : await overGaps(where, committed, bounds)
    return isCut(offset, bounds)
      ? { cut: { ...where, expected: offset, ...bounds } }
      : { standing: { ...where, offset, isNew, isBehindGap: !isNew && offset !== committed } }
  }
  const readTopic = async (topic: string, partitions: readonly number[]) => {
    const [bounds, committed] = await Promise.all([boundsOf(topic), admin.committed(groupId, topic)])
    return Promise.all(
      partitions.map((partition) =>
        lookAt({ topic, partition }, committed.get(partition), bounds(partition)),
      ),
    )
  }
  return {
    check: async (partitions) => {
      const read = await Promise.all([...partitions].map(([topic, numbers]) => readTopic(topic, numbers)))
      const looks = read.flat()
      return {
        standing: looks.flatMap(({ standing }) => (standing === undefined ? [] : [standing])),
        cuts: looks.flatMap(({ cut }) => (cut === undefined ? [] : [cut])),
      }
    },
    cutBefore: async ({ topic, partition, offset }, expected) => {
      const bounds = (await boundsOf(topic))(partition)
      const isMadeAnew = offset < expected
      if (bounds.first <= expected && !isMadeAnew) return undefined
      return { topic, partition, expected, ...bounds }
    },
  }
}
