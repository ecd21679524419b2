import type { Lifecycle } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

/**
 * Leaves as after a kill -9: `process.exit` ends the threads first, and one that is reading a film would abort the process
 * then, or let it wait.
 */
const endAtOnce = (): void => void process.kill(process.pid, 'SIGKILL')

/** Resolves at the first SIGINT or SIGTERM, or when `crash` is called; a second signal ends the process at once. */
export const createStopSignal = (logger: Logger) => {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>()
  let signals = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1
    if (signals > 1) {
      logger.warn({ signal }, 'second signal: ending at once, what is in work comes again')
      endAtOnce()
    }
    logger.info({ signal }, 'stopping')
    resolve(undefined)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    requested: promise,
    crash: (error: Error): void => resolve(error),
    dispose: (): void => {
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
