import type { FileBlobStore } from '../producers/file-blob-store.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Every } from '../runtime/every.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

export type FilmExpiryDeps = {
  readonly store: Pick<FileBlobStore, 'removeOlderThan'>
  /** Days that a film stays after it was last put. */
  readonly keptDays: number
  readonly every: Every
  readonly now: () => Date
  /** Milliseconds by a clock that does not jump. */
  readonly uptimeMs: () => number
  readonly logger: Logger
}

const dayMs = 24 * 60 * 60 * 1000
const lookMs = 60 * 60 * 1000

/** Whether the clock has just jumped forward: for a day nothing is believed to be old that was young before. */
const createJumpWatch = (deps: Pick<FilmExpiryDeps, 'now' | 'uptimeMs'>): (() => boolean) => {
  let before = { clock: deps.now().getTime(), uptime: deps.uptimeMs() }
  let doubtedUntil = Number.NEGATIVE_INFINITY
  return () => {
    const at = { clock: deps.now().getTime(), uptime: deps.uptimeMs() }
    const jumpedMs = at.clock - before.clock - (at.uptime - before.uptime)
    before = at
    if (jumpedMs > lookMs) doubtedUntil = at.uptime + dayMs
    return at.uptime < doubtedUntil
  }
}

/**
 * Lets films in the film store go when their time is over, at the start and every hour: Kafka takes the records of large
 * films away by itself, and nothing else would take the films. A folder that does not answer is asked again. Where the clock
 * jumps forward by more than an hour, films stay for a day more.
 */
export const startFilmExpiry = (deps: FilmExpiryDeps): Running => {
  const isInDoubt = createJumpWatch(deps)
  const look = async (): Promise<void> => {
    if (isInDoubt()) {
      deps.logger.warn(
        { runbook: 'docs/runbook/spool.md' },
        'the clock has jumped, no film expires for a day',
      )
      return
    }
    const before = new Date(deps.now().getTime() - deps.keptDays * dayMs)
    try {
      const removed = await deps.store.removeOlderThan(before)
      if (removed > 0) deps.logger.info({ removed, before }, 'films in the store expired')
    } catch (error) {
      const fields = { error: messageOf(error), runbook: 'docs/runbook/spool.md' }
      deps.logger.warn(fields, 'films in the store not expired')
    }
  }
  let last = look()
  const stopLooking = deps.every(lookMs, () => {
    last = last.then(look)
  })
  return {
    stop: async () => {
      stopLooking()
      await last
    },
  }
}
