import { setTimeout as delay } from 'node:timers/promises'
import { systemCodeOf } from '../runtime/errors.ts'

/** How a running service is asked whether it still answers. */
export type AnswerWatch = {
  readonly everyMs: number
  /** So many refused connections in a row mean that nobody listens any more. */
  readonly mostRefusals: number
  /** So long without an answer means that it hangs; one that is frozen for a while is left alone. */
  readonly longestSilenceMs: number
}

export const usualWatch: AnswerWatch = { everyMs: 5000, mostRefusals: 3, longestSilenceMs: 300_000 }

const isRefusal = (error: unknown): boolean =>
  systemCodeOf(error) === 'ECONNREFUSED' || (error instanceof Error && isRefusal(error.cause))

/** Asks once, not longer than `limitMs`; answers what went wrong. */
const askOnce = async (
  ask: () => Promise<unknown>,
  limitMs: number,
): Promise<'refused' | 'silent' | 'answered'> => {
  const late = delay(limitMs, 'silent' as const, { ref: false })
  const answer = ask().then(
    () => 'answered' as const,
    (error: unknown) => (isRefusal(error) ? ('refused' as const) : ('silent' as const)),
  )
  return Promise.race([answer, late])
}

/**
 * Asks a running service again and again, and resolves with the reason when it lives without doing its work: its port is
 * closed, or it has not answered for too long. Resolves with undefined when the signal aborts.
 */
export const untilUnanswered = async (
  ask: () => Promise<unknown>,
  { everyMs, mostRefusals, longestSilenceMs }: AnswerWatch,
  signal: AbortSignal,
): Promise<string | undefined> => {
  let refusals = 0
  let answeredAt = performance.now()
  while (!signal.aborted) {
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return undefined
    const said = await askOnce(ask, everyMs)
    refusals = said === 'refused' ? refusals + 1 : 0
    if (said === 'answered') answeredAt = performance.now()
    if (refusals >= mostRefusals) return 'nobody listens on its port'
    const silentMs = performance.now() - answeredAt
    if (silentMs > longestSilenceMs) return `it has not answered for ${Math.round(silentMs / 1000)} s`
  }
  return undefined
}
