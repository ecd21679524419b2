/** Which records of one partition, in one assignment, are done. */
export type OffsetTracker = {
  /** Notes a record before work on it begins; offsets come in rising order. */
  readonly begin: (offset: bigint) => void
  readonly finish: (offset: bigint) => void
  /** The offset to commit (one past the last record below which all is done), when it has moved. */
  readonly committable: () => bigint | undefined
  /** Says that this offset has been committed. */
  readonly committed: (offset: bigint) => void
  readonly unfinished: () => number
}

/** Tracks by the lowest unfinished offset, so that a commit never passes a record still in work. */
export const createOffsetTracker = (): OffsetTracker => {
  const open = new Set<bigint>()
  let next: bigint | undefined
  let lastCommitted: bigint | undefined
  const lowestOpen = (): bigint | undefined => {
    // A Set iterates in order of insertion, and records begin in rising order.
    for (const offset of open) return offset
    return undefined
  }
  return {
    begin: (offset) => {
      open.add(offset)
      next = offset + 1n
    },
    finish: (offset) => void open.delete(offset),
    committable: () => {
      const position = lowestOpen() ?? next
      return position === undefined || position === lastCommitted ? undefined : position
    },
    committed: (offset) => {
      lastCommitted = offset
    },
    unfinished: () => open.size,
  }
}
