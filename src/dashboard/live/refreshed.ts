import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'

/** A value with the instant at which it was read. */
export type AsOf<Value> = { readonly value: Value; readonly asOf: string; readonly isStale: boolean }

/**
 * Reads something at most once in a while, whoever asks: pages share the answer. Where it cannot be read any more the last
 * answer stands and says that it is old; where it never could, the failure is thrown.
 */
export const createRefreshed = <Value>(options: {
  readonly name: string
  readonly read: () => Promise<Value>
  readonly everyMs: number
  readonly now: () => Date
  readonly logger: Logger
}) => {
  let last: AsOf<Value> | undefined
  let dueAtMs = 0
  let reading: Promise<AsOf<Value>> | undefined
  const refresh = async (): Promise<AsOf<Value>> => {
    const startedAt = performance.now()
    try {
      last = { value: await options.read(), asOf: options.now().toISOString(), isStale: false }
    } catch (error) {
      options.logger.warn(
        { what: options.name, error: messageOf(error) },
        'a page could not be brought up to date',
      )
      if (last === undefined) throw error
      last = { ...last, isStale: true }
    } finally {
      // A slow read is not asked for all the time: the engine has other work.
      const tookMs = performance.now() - startedAt
      dueAtMs = performance.now() + Math.max(options.everyMs, 5 * tookMs)
    }
    return last
  }
  return async (): Promise<AsOf<Value>> => {
    if (last !== undefined && performance.now() < dueAtMs) return last
    reading ??= refresh().finally(() => {
      reading = undefined
    })
    return reading
  }
}
