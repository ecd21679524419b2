import { messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'

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

const longestWaitMs = 10_000

/**
 * Repeats work until it succeeds, with waits that double up to ten seconds. Answers undefined when the signal
 * aborted first: what was to be done is then still to be done.
 */
export const keepTrying = async <Result>(
  work: () => Promise<Result>,
  options: { what: string; signal: AbortSignal; pause: Pause; logger: Logger; runbook: string },
): Promise<{ value: Result } | undefined> => {
  for (let attempt = 1; !options.signal.aborted; attempt += 1) {
    try {
      return { value: await work() }
    } catch (error) {
      const waitMs = Math.min(longestWaitMs, 100 * 2 ** Math.min(attempt, 10))
      const fields = { attempt, waitMs, error: messageOf(error), runbook: options.runbook }
      options.logger.warn(fields, options.what)
      await options.pause(waitMs, options.signal)
    }
  }
  return undefined
}
