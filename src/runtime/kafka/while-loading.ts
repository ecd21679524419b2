import { setTimeout as delay } from 'node:timers/promises'

/**
 * A request may find the coordinator of a group still loading, or a broker that is back but does not lead its partitions
 * yet, which kafkajs's admin does not retry.
 */
export const whileLoading = async <Result>(work: () => Promise<Result>, attempts = 50): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    const isLoading = error instanceof Error && 'retriable' in error && error.retriable === true
    if (!isLoading || attempts <= 1) throw error
    await delay(200)
    return whileLoading(work, attempts - 1)
  }
}
