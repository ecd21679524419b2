import type { OutgoingRecord, RecordPublisher, TopicTarget } from './types.ts'

/** Publishes single records; those that come while a request is under way share the next one. */
export const createCoalescingPublisher = (
  publisher: Pick<RecordPublisher, 'publishMany'>,
  topic: TopicTarget,
  maxRecords = 500,
): ((record: OutgoingRecord) => Promise<void>) => {
  type Waiting = { record: OutgoingRecord; resolve: () => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []
  let sending = false
  const send = async (): Promise<void> => {
    sending = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxRecords)
      waiting = waiting.slice(maxRecords)
      try {
        await publisher.publishMany(
          topic,
          batch.map(({ record }) => record),
        )
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    sending = false
  }
  return (record) =>
    new Promise((resolve, reject) => {
      waiting.push({ record, resolve, reject })
      if (!sending) void send()
    })
}
