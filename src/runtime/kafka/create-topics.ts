import { SetupError } from '../errors.ts'
import type { TopicToCreate } from './types.ts'

/** kafkajs' number of a topic among the kinds of things that have settings. */
const topicResource = 2

type ConfigEntry = { readonly configName: string; readonly configValue: string }
type Described = {
  readonly resources: readonly {
    readonly resourceName: string
    readonly configEntries: readonly ConfigEntry[]
  }[]
}

/** What is asked of kafkajs' admin. */
type TopicAdmin = {
  readonly listTopics: () => Promise<string[]>
  readonly createTopics: (options: {
    waitForLeaders: boolean
    topics: {
      topic: string
      numPartitions: number
      replicationFactor: number
      configEntries: { name: string; value: string }[]
    }[]
  }) => Promise<boolean>
  readonly describeConfigs: (options: {
    includeSynonyms: boolean
    resources: { type: typeof topicResource; name: string; configNames: string[] }[]
  }) => Promise<Described>
}

/** Records get the broker's time: what a sender writes there says nothing. */
const appendTime = { name: 'message.timestamp.type', value: 'LogAppendTime' } as const

/** Throws SetupError DATA_OF_BEFORE where a topic that was there keeps the times of its senders. */
const refuseOtherClocks = async (admin: TopicAdmin, names: readonly string[]): Promise<void> => {
  if (names.length === 0) return
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: topicResource, name, configNames: [appendTime.name] })),
  })
  const isOther = ({ configName, configValue }: ConfigEntry): boolean =>
    configName === appendTime.name && configValue !== appendTime.value
  const other = resources.find(({ configEntries }) => configEntries.some(isOther))
  if (other === undefined) return
  throw new SetupError(
    'DATA_OF_BEFORE',
    `the topic ${other.resourceName} keeps the times of its senders: it was made before the contracts of version 1 were fixed, or by somebody else`,
    `start anew on another data folder (with a Kafka of your own: on other topics), or set ${appendTime.name}=${appendTime.value} on a topic that is still empty`,
  )
}

/** Creates the topics that are missing, and checks the clock of those that are there. */
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
          { name: appendTime.name, value: appendTime.value },
        ],
      })),
  })
  await refuseOtherClocks(
    admin,
    topics.map(({ name }) => name).filter((name) => existing.has(name)),
  )
}
