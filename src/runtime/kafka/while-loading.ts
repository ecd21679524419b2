import { setTimeout as delay } from 'node:timers/promises'

/** The first request to a group may find its coordinator still loading, which kafkajs's admin does not retry. */
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
