import { isStartedByNpm } from '../runtime/config.ts'
import type { Lifecycle } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

/**
 * Leaves as after a kill -9: `process.exit` ends the threads first, and one that is reading a film would abort the process
 * then, or let it wait.
 */
const endAtOnce = (): void => void process.kill(process.pid, 'SIGKILL')

/** Of two signals that come within this time below npm, one is the other, handed on. */
const sameSignalMs = 1000
const parentLookMs = 500

/** Calls `gone` when the process above this one has ended; answers how to stop looking. */
const watchParent = (gone: () => void): (() => void) => {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, parentLookMs)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Resolves at the first SIGINT or SIGTERM, or when `crash` is called; a second signal ends the process at once. Below npm
 * the end of npm is such a signal too: nobody would be left to send one.
 */
export const createStopSignal = (logger: Logger, isBelowNpm: boolean = isStartedByNpm()) => {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>()
  let signals = 0
  let firstAtMs = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isBelowNpm && signals > 0 && performance.now() - firstAtMs < sameSignalMs) return
    signals += 1
    if (signals === 1) firstAtMs = performance.now()
    if (signals > 1) {
      logger.warn({ signal }, 'second signal: ending at once, what is in work comes again')
      endAtOnce()
    }
    logger.info({ signal }, 'stopping')
    resolve(undefined)
  }
  const gone = (): void => {
    logger.info('npm has ended: stopping')
    resolve(undefined)
  }
  const stopWatching = isBelowNpm ? watchParent(gone) : () => {}
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    requested: promise,
    crash: (error: Error): void => resolve(error),
    dispose: (): void => {
      stopWatching()
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

/** Stops everything within the grace period; what has not stopped by then is cut off. */
export const stopWithin = async (lifecycle: Lifecycle, graceMs: number, logger: Logger): Promise<void> => {
  const timer = setTimeout(() => {
    const part = lifecycle.stopping()
    logger.error({ graceMs, part }, 'grace period over: ending at once, what is in work comes again')
    endAtOnce()
  }, graceMs)
  try {
    await lifecycle.stop()
  } finally {
    clearTimeout(timer)
  }
}
