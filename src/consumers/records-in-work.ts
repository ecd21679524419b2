import { recordPointerOf } from '../contracts/identifiers.ts'
import type { ConsumedPosition } from '../runtime/kafka/types.ts'

/** A record that a loop has in hand. */
export type RecordInWork = {
  readonly at: ConsumedPosition
  beganAtMs: number
  /** What its last attempt ended with: the name or the code of the error, never its text. */
  lastError: string | undefined
}

/** Records in hand; one can be there twice, where it came again in a later assignment before the first was over. */
export type RecordsInWork<Item extends RecordInWork> = {
  readonly add: (item: Item) => void
  readonly remove: (item: Item) => void
  readonly at: (place: string) => readonly Item[]
  /** Records that were in hand for this long and have not been told of yet. */
  readonly newlyStuck: () => readonly Item[]
  readonly stuck: () => number
  /** Milliseconds for which the oldest one has been in hand; 0 where there is none. */
  readonly oldestMs: () => number
  readonly count: () => number
}

/** Keeps the records in hand of one loop; `uptimeMs` is a clock that does not jump. */
export const createRecordsInWork = <Item extends RecordInWork>(
  stuckAfterMs: number,
  uptimeMs: () => number,
): RecordsInWork<Item> => {
  const items = new Set<Item>()
  const told = new WeakSet<Item>()
  const ageOf = (item: Item): number => uptimeMs() - item.beganAtMs
  const stuck = (): Item[] => [...items].filter((item) => ageOf(item) >= stuckAfterMs)
  return {
    add: (item) => void items.add(item),
    remove: (item) => void items.delete(item),
    at: (place) => [...items].filter((item) => recordPointerOf(item.at) === place),
    newlyStuck: () => {
      const found = stuck().filter((item) => !told.has(item))
      for (const item of found) told.add(item)
      return found
    },
    stuck: () => stuck().length,
    oldestMs: () => Math.max(0, ...[...items].map(ageOf)),
    count: () => items.size,
  }
}
