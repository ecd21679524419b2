import { setTimeout as delay } from 'node:timers/promises'

/** Waits until every process that is wanted takes part in its group; false where one does not by the limit. */
export const untilWhole = async (isWhole: () => Promise<boolean>, limitMs: number): Promise<boolean> => {
  const until = performance.now() + limitMs
  while (!(await isWhole())) {
    if (performance.now() >= until) return false
    await delay(200)
  }
  return true
}
