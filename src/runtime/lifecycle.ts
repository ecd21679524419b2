import { messageOf } from './errors.ts'
import type { Logger } from './logger.ts'

/** Something that runs until it is stopped; whoever starts it stops it. */
export type Running = { readonly stop: () => Promise<void> }

/** Collects what was started and stops it in reverse order. */
export type Lifecycle = {
  /** Remembers how to stop something; later ones are stopped first. */
  readonly add: (name: string, stop: () => Promise<void>) => void
  /** Stops everything once, goes past failures and reports them together. */
  readonly stop: () => Promise<void>
  /** The part that is being stopped, by its name. */
  readonly stopping: () => string | undefined
}

/** Creates a lifecycle; `stop` throws an AggregateError when any part failed to stop. */
export const createLifecycle = (logger: Logger): Lifecycle => {
  const parts: { name: string; stop: () => Promise<void> }[] = []
  let stopping: Promise<void> | undefined
  let current: string | undefined
  const stopAll = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const part of parts.toReversed()) {
      const startedAt = performance.now()
      current = part.name
      try {
        await part.stop()
        logger.debug({ part: part.name, ms: Math.round(performance.now() - startedAt) }, 'stopped')
      } catch (error) {
        logger.error({ part: part.name, error: messageOf(error) }, 'failed to stop')
        failures.push(error)
      }
    }
    current = undefined
    if (failures.length > 0) throw new AggregateError(failures, 'some parts failed to stop')
  }
  return {
    add: (name, stop) => void parts.push({ name, stop }),
    stop: () => (stopping ??= stopAll()),
    stopping: () => current,
  }
}

/**
 * Starts something of several parts: what `start` adds to the lifecycle is stopped with it, and at once where the
 * start fails half way.
 */
export const startParts = async <Value extends object>(
  logger: Logger,
  start: (lifecycle: Lifecycle) => Promise<Value>,
): Promise<Value & Running> => {
  const lifecycle = createLifecycle(logger)
  try {
    const started = await start(lifecycle)
    return { ...started, stop: lifecycle.stop }
  } catch (error) {
    // A part that cannot be stopped is in the log; why the start failed says more.
    await lifecycle.stop().catch(() => {})
    throw error
  }
}
