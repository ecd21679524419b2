import { setTimeout as delay } from 'node:timers/promises'
import { backfillTopic, consumerGroups } from '../../contracts/topics.ts'
import { publishCommand } from '../../operations/publish-command.ts'
import { createSetAsideRecord, type SetAsideRecord } from '../../operations/set-aside-record.ts'
import { createReadRecord } from '../../runtime/kafka/read-records.ts'
import type { RecordPublisher } from '../../runtime/kafka/types.ts'
import type { Connections } from '../open-engine.ts'

/** How long a command waits for the partition to go on before it says that nobody has taken the record yet. */
const passLimitMs = 30_000
const lookMs = 500

const groupOf = (topic: string): string =>
  topic === backfillTopic.name ? consumerGroups.backfill : consumerGroups.screening

/** Opens the setting aside of records of the running engine. */
export const openSetAside = (
  { admin, kafka }: Pick<Connections, 'admin' | 'kafka'>,
  publisher: Pick<RecordPublisher, 'publish'>,
): SetAsideRecord => {
  const committed = async (topic: string, partition: number): Promise<bigint> =>
    (await admin.committed(groupOf(topic), topic)).get(partition) ?? 0n
  return createSetAsideRecord({
    readRecord: createReadRecord({ consume: kafka.consume, admin }),
    committed,
    publishCommand: (command) => publishCommand(publisher, command),
    passed: async (topic, partition, offset) => {
      const until = performance.now() + passLimitMs
      while ((await committed(topic, partition)) <= offset) {
        if (performance.now() > until) return false
        await delay(lookMs)
      }
      return true
    },
    now: () => new Date(),
  })
}
