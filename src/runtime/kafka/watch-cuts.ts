import type { FetchedBatch } from './consume.ts'
import type { OffsetGuard } from './guard-offsets.ts'
import type { Assignment, ConsumedRecord, ConsumerControl, TopicCut } from './types.ts'

/** Keeps a consumer from reading on where records were removed that it had not read. */
export type CutWatch = {
  /** Lets nothing be fetched before it is known that the log still holds it: the library would jump silently. */
  readonly assigned: (partitions: Assignment['partitions']) => Promise<void>
  /** Whether records were removed before this batch: its partition then stands still, and so does its commit. */
  readonly isAfterCut: (batch: FetchedBatch) => Promise<boolean>
  /** Told that the position has moved past a record. */
  readonly moved: (record: ConsumedRecord) => void
}

export type CutWatchDeps = {
  readonly guard: OffsetGuard
  readonly pause: ConsumerControl['pause']
  readonly resume: ConsumerControl['pause']
  readonly onCut: (cut: TopicCut) => void
}

const keyOf = (topic: string, partition: number): string => `${topic}:${partition}`

/** Creates the watch of one membership. */
export const createCutWatch = ({ guard, pause, resume, onCut }: CutWatchDeps): CutWatch => {
  /** What comes next in each partition, as far as this is known. */
  let next = new Map<string, bigint>()
  return {
    assigned: async (partitions) => {
      const mine = new Map<string, bigint>()
      next = mine
      for (const [topic, numbers] of partitions) for (const partition of numbers) pause(topic, partition)
      const { standing, cuts } = await guard.check(partitions)
      if (next !== mine) return
      for (const cut of cuts) onCut(cut)
      for (const { topic, partition, offset } of standing) {
        if (offset !== undefined) mine.set(keyOf(topic, partition), offset)
        resume(topic, partition)
      }
    },
    isAfterCut: async (batch) => {
      const [first] = batch.records
      if (first === undefined) return false
      const { topic, partition, offset } = first
      const expected = next.get(keyOf(topic, partition))
      if (expected === undefined || offset === expected) return false
      const cut = await guard.cutBefore(first, expected)
      if (cut === undefined) return false
      // The library has put the group back to the beginning: without this a restart would not see the gap.
      await batch.commit([{ topic, partition, offset: expected }])
      pause(topic, partition)
      onCut(cut)
      return true
    },
    moved: ({ topic, partition, offset }) => void next.set(keyOf(topic, partition), offset + 1n),
  }
}
