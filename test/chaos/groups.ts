import { Kafka, logLevel } from 'kafkajs'
import { createAsk } from '../../src/runtime/kafka/ask-in-time.ts'
import type { Running } from '../../src/runtime/lifecycle.ts'

export type Groups = Running & {
  /** How many members each group has; none while it is not settled. */
  readonly membersOf: (groupIds: readonly string[]) => Promise<ReadonlyMap<string, number>>
}

/** A look at consumer groups from outside, by the vendor's client. */
export const openGroups = async (options: { broker: string; answerLimitMs: number }): Promise<Groups> => {
  const vendor = new Kafka({ brokers: [options.broker], logLevel: logLevel.NOTHING })
  const { ask, stop } = await createAsk({
    open: async () => {
      const opened = vendor.admin()
      await opened.connect()
      return opened
    },
    close: (opened) => opened.disconnect(),
    limitMs: options.answerLimitMs,
  })
  return {
    membersOf: async (groupIds) => {
      const { groups } = await ask((asked) => asked.describeGroups([...groupIds]))
      return new Map(
        groups.map(({ groupId, state, members }) => [groupId, state === 'Stable' ? members.length : 0]),
      )
    },
    stop,
  }
}
