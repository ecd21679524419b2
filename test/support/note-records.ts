import assert from 'node:assert/strict'
import type { KafkaClient } from '../../src/runtime/kafka/kafka-client.ts'

export type Membership = Pick<Parameters<KafkaClient['consume']>[0], 'groupId' | 'sessionTimeoutMs'>

/** A member of a group that takes every record of a topic at once, and notes its text and the epochs of assignments. */
export const noteRecords = async (kafka: KafkaClient, topic: string, membership: Membership) => {
  const epochs: number[] = []
  const taken: string[] = []
  const { stop } = await kafka.consume({
    ...membership,
    topics: [topic],
    fetchBytes: 1024,
    handler: {
      assigned: ({ epoch }) => void epochs.push(epoch),
      accept: ({ value }) => {
        taken.push(Buffer.from(value).toString())
        return true
      },
      drain: async () => {},
    },
    onCrash: (error) => assert.fail(error),
  })
  return { epochs, taken, stop }
}
