/** Who owns the partitions of one consumer group, as the members' own logs tell it. */
export type Ownership = {
  readonly assigned: (member: string, partitions: readonly string[], at: number) => void
  /** The member owns nothing any more: it drains, is frozen, or is gone. */
  readonly lost: (member: string, at: number) => void
  /** Nobody can be told who owns what: the broker is away. */
  readonly pause: (at: number) => void
  readonly resume: (at: number) => void
  /** The longest time in milliseconds that a partition had no owner while the broker was there, by the given end. */
  readonly longestGapMs: (at: number) => number
}

/** Follows a group; its partitions are those that were ever assigned. */
export const createOwnership = (): Ownership => {
  const owners = new Map<string, Set<string>>()
  /** Since when a partition has had no owner. */
  const orphanSince = new Map<string, number>()
  let longest = 0
  let isPaused = false
  const close = (partition: string, at: number): void => {
    const since = orphanSince.get(partition)
    if (since === undefined) return
    longest = Math.max(longest, at - since)
    orphanSince.delete(partition)
  }
  const release = (member: string, at: number): void => {
    for (const [partition, members] of owners)
      if (members.delete(member) && members.size === 0 && !isPaused) orphanSince.set(partition, at)
  }
  return {
    assigned: (member, partitions, at) => {
      release(member, at)
      for (const partition of partitions) {
        owners.set(partition, (owners.get(partition) ?? new Set()).add(member))
        close(partition, at)
      }
    },
    lost: release,
    pause: (at) => {
      isPaused = true
      for (const partition of orphanSince.keys()) close(partition, at)
    },
    resume: (at) => {
      if (!isPaused) return
      isPaused = false
      for (const [partition, members] of owners) if (members.size === 0) orphanSince.set(partition, at)
    },
    longestGapMs: (at) => Math.max(longest, ...[...orphanSince.values()].map((since) => at - since)),
  }
}
