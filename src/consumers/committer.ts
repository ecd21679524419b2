import { messageOf } from '../runtime/errors.ts'
import type { Every } from '../runtime/every.ts'
import type { Logger } from '../runtime/logger.ts'
import type { PartitionWork } from './partition-work.ts'

/** Commits what is done. */
export type Committer = {
  /** From now on the timer commits for this assignment. */
  readonly follow: (epoch: number) => void
  readonly commitNow: (epoch: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Commits on a timer, never two commits at once. */
export const startCommitter = (
  deps: { commitIntervalMs: number; every: Every; logger: Logger },
  work: PartitionWork,
): Committer => {
  let epoch = 0
  let last = Promise.resolve()
  let waiting = 0
  const commitNow = (of: number): Promise<void> => {
    waiting += 1
    last = last.then(() =>
      work
        .commit(of)
        .catch((error: unknown) =>
          deps.logger.warn({ error: messageOf(error) }, 'commit refused, records may come again'),
        )
        .finally(() => {
          waiting -= 1
        }),
    )
    return last
  }
  const stopTimer = deps.every(deps.commitIntervalMs, () => {
    if (waiting === 0) void commitNow(epoch)
  })
  return {
    follow: (of: number) => {
      epoch = of
    },
    commitNow,
    stop: async () => {
      stopTimer()
      await last
    },
  }
}
