import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'

/** Waits between attempts; a test gives one that does not wait. */
export type Pause = (ms: number) => Promise<void>

export const realPause: Pause = (ms) => delay(ms)

/**
 * Repeats work until it succeeds or is no longer wanted, with waits that double up to `longestMs`.
 * Answers undefined when it gave up because the work is no longer wanted.
 */
export const retryWhile = async <Result>(
  wanted: () => boolean,
  work: () => Promise<Result>,
  options: { what: string; logger: Logger; pause: Pause; longestMs?: number },
): Promise<{ value: Result } | undefined> => {
  for (let attempt = 1; wanted(); attempt += 1) {
    try {
      return { value: await work() }
    } catch (error) {
      const waitMs = Math.min(options.longestMs ?? 5000, 100 * 2 ** Math.min(attempt, 10))
      options.logger.warn(
        { attempt, waitMs, error: messageOf(error), runbook: 'docs/runbook/services.md' },
        options.what,
      )
      await options.pause(waitMs)
    }
  }
  return undefined
}
