import { sinkTopics } from '../../consumers/read-result.ts'
import { topics } from '../../contracts/topics.ts'
import type { TopicOffsets } from '../../operations/replay.ts'
import { SetupError } from '../../runtime/errors.ts'
import type { KafkaAdmin } from '../../runtime/kafka/types.ts'

const readEach = async (
  read: (topic: string) => Promise<ReadonlyMap<number, bigint>>,
): Promise<TopicOffsets> =>
  new Map(await Promise.all(sinkTopics.map(async (topic) => [topic, await read(topic)] as const)))

/** Ends of the topics that the sink reads; a partition whose records have all gone has nothing to wait for. */
export const readEnds = (admin: KafkaAdmin): Promise<TopicOffsets> =>
  readEach(async (topic) => {
    const { low, end } = await admin.bounds(topic)
    return new Map([...end].filter(([partition, offset]) => offset > (low.get(partition) ?? 0n)))
  })

/** What a group has committed of the topics that the sink reads. */
export const readCommitted = (admin: KafkaAdmin, groupId: string): Promise<TopicOffsets> =>
  readEach((topic) => admin.committed(groupId, topic))

/** Throws SetupError TOPIC_CUT: a replay of a topic without its beginning would lose rows. */
export const requireWholeTopics = async (admin: KafkaAdmin): Promise<void> => {
  for (const { name } of topics) {
    if (!sinkTopics.includes(name)) continue
    const cut = [...(await admin.bounds(name)).low].find(([, offset]) => offset > 0n)
    if (cut !== undefined)
      throw new SetupError(
        'TOPIC_CUT',
        `${name}:${cut[0]} begins at offset ${cut[1]}: its first records are gone`,
        'restore the topic; the live tables hold more than a replay can rebuild',
      )
  }
}
