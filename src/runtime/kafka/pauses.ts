import type { ConsumerControl } from './types.ts'

/** Whoever pauses a partition; it goes on when nobody wants it paused any more. */
export type PauseReason = 'cut' | 'handler' | 'stop'

type Partition = Pick<ConsumerControl, 'pause' | 'resume'>

/** The pauses of one membership, by who asked for them. */
export type Pauses = {
  readonly by: (reason: PauseReason) => Partition
  /** A new assignment begins without pauses. */
  readonly forget: () => void
}

/** Keeps two who pause the same partition from ending each other's pause. */
export const createPauses = (client: Partition): Pauses => {
  const reasons = new Map<string, Set<PauseReason>>()
  return {
    by: (reason) => ({
      pause: (topic, partition) => {
        const key = `${topic}:${partition}`
        reasons.set(key, (reasons.get(key) ?? new Set()).add(reason))
        client.pause(topic, partition)
      },
      resume: (topic, partition) => {
        const of = reasons.get(`${topic}:${partition}`)
        if (of?.delete(reason) === true && of.size === 0) client.resume(topic, partition)
      },
    }),
    forget: () => reasons.clear(),
  }
}
