import type { TopicToCreate } from './types.ts'

/** What a client library's admin needs for it. */
type TopicAdmin = {
  readonly listTopics: () => Promise<readonly string[]>
  readonly createTopics: (options: {
    waitForLeaders: boolean
    topics: {
      topic: string
      numPartitions: number
      replicationFactor: number
      configEntries: { name: string; value: string }[]
    }[]
  }) => Promise<unknown>
}

/** Creates the topics that are not there yet. */
export const createTopics = async (
  admin: TopicAdmin,
  topics: readonly TopicToCreate[],
  replicationFactor: number,
): Promise<void> => {
  const existing = new Set(await admin.listTopics())
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics
      .filter((topic) => !existing.has(topic.name))
      .map((topic) => ({
        topic: topic.name,
        numPartitions: topic.partitions,
        replicationFactor,
        configEntries: [
          { name: 'cleanup.policy', value: topic.cleanup },
          { name: 'retention.ms', value: String(topic.retentionMs) },
          { name: 'max.message.bytes', value: String(topic.maxMessageBytes) },
        ],
      })),
  })
}
