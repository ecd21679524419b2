import { readAnswered } from '../../analytics/stores/answered-records.ts'
import { sinkTopics } from '../../consumers/read-result.ts'
import { consumerGroups, filmLanes, verdictsTopic } from '../../contracts/topics.ts'
import { type AcceptGap, createAcceptGap, type Gap } from '../../operations/accept-gap.ts'
import { publishCommand } from '../../operations/publish-command.ts'
import { createOffsetGuard, gapGroupOf } from '../../runtime/kafka/guard-offsets.ts'
import { createReadRecord } from '../../runtime/kafka/read-records.ts'
import type { RecordPublisher } from '../../runtime/kafka/types.ts'
import type { Connections } from '../open-engine.ts'
import { verdictRecord } from '../start-screening.ts'

/** Every group that stands still at a gap, with the topics that it reads. */
const readers: readonly { readonly groupId: string; readonly topics: readonly string[] }[] = [
  { groupId: consumerGroups.screening, topics: [filmLanes.live.name] },
  { groupId: consumerGroups.backfill, topics: [filmLanes.backfill.name] },
  { groupId: consumerGroups.sink, topics: sinkTopics },
]

/** Where groups stand still because the log no longer holds what comes next; accepted gaps are left out. */
export const readGaps = async ({ admin }: Pick<Connections, 'admin'>): Promise<readonly Gap[]> => {
  const found = readers.map(async ({ groupId, topics }) => {
    const partitions = await Promise.all(
      topics.map(async (topic) => [topic, [...(await admin.bounds(topic)).end.keys()]] as const),
    )
    const { cuts } = await createOffsetGuard(groupId, admin).check(new Map(partitions))
    return cuts.map((cut) => ({ ...cut, groupId }))
  })
  return (await Promise.all(found)).flat()
}

/** Opens the acceptance of gaps of the running engine. */
export const openAcceptGap = (
  { admin, clickhouse, kafka }: Connections,
  publisher: RecordPublisher,
  control: Pick<RecordPublisher, 'publish'>,
): AcceptGap => {
  const readRecord = createReadRecord({ consume: kafka.consume, admin })
  return createAcceptGap({
    answered: ({ expected, first, ...where }) =>
      readAnswered(clickhouse, { ...where, from: expected, to: first }),
    receivedBefore: async ({ topic, partition, first }) => {
      const record = await readRecord(topic, partition, first)
      return record === undefined ? new Date() : new Date(record.timestampMs)
    },
    publishVerdicts: (verdicts) =>
      publisher.publishMany(
        verdictsTopic,
        verdicts.map((verdict) => verdictRecord(verdict, undefined)),
      ),
    publishCommand: (command) => publishCommand(control, command),
    letGoOn: ({ groupId, topic, partition, expected, first }) =>
      admin.commitFor(gapGroupOf(groupId, expected), topic, new Map([[partition, first]])),
    now: () => new Date(),
  })
}
