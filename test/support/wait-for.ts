import { setTimeout as delay } from 'node:timers/promises'

/** Waits for a condition instead of a time; fails with what was being waited for. */
export const waitFor = async <Value>(
  what: string,
  probe: () => Promise<Value | undefined | false> | Value | undefined | false,
  limitMs = 30_000,
): Promise<Value> => {
  const until = performance.now() + limitMs
  while (performance.now() < until) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    await delay(10)
  }
  throw new Error(`waited ${limitMs} ms in vain for ${what}`)
}
