import { messageOf } from './errors.ts'
import type { Logger } from './logger.ts'

/** Waits; a test gives one that does not. It resolves early when the signal aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

export const realPause: Pause = (ms, signal) =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })

export type KeepTryingOptions = {
  /** What went wrong and that it is tried again: the log line. */
  readonly what: string
  /** Asked before each attempt: false gives up. */
  readonly isWanted: () => boolean
  readonly pause: (ms: number) => Promise<void>
  /** Waits double from 200 ms up to this; 5,000 where not given. */
  readonly longestWaitMs?: number
  readonly logger: Logger
  /** Whether trying again can help; what it says no to is thrown. Everything is tried again where not given. */
  readonly mayMend?: (error: unknown) => boolean
  /** Told of each attempt before it is made. */
  readonly onAttempt?: (() => void) | undefined
}

const runbook = 'docs/runbook/services.md'

/** Repeats work that a service refused until it succeeds; undefined when it was no longer wanted first, and is then still to be done. */
export const keepTrying = async <Result>(
  work: () => Promise<Result>,
  options: KeepTryingOptions,
): Promise<{ value: Result } | undefined> => {
  for (let attempt = 1; options.isWanted(); attempt += 1) {
    options.onAttempt?.()
    try {
      return { value: await work() }
    } catch (error) {
      if (options.mayMend?.(error) === false) throw error
      const waitMs = Math.min(options.longestWaitMs ?? 5000, 100 * 2 ** Math.min(attempt, 10))
      const fields = { attempt, waitMs, error: messageOf(error), runbook }
      options.logger.warn(fields, options.what)
      await options.pause(waitMs)
    }
  }
  return undefined
}
