import type { Every } from '../every.ts'

/** Whether a handler has finished what is in work before its time is over; one that fails throws. */
export const drainInTime = async (drain: Promise<void>, limitMs: number, every: Every): Promise<boolean> => {
  const late = Promise.withResolvers<false>()
  const stop = every(limitMs, () => late.resolve(false))
  try {
    return await Promise.race([drain.then(() => true), late.promise])
  } finally {
    stop()
  }
}
