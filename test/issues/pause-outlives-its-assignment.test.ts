import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConsumerControl, RecordHandler } from '../../src/runtime/kafka/types.ts'
import { kafkaFor, uniqueName, useServices } from '../support/services.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

// kafkajs keeps a pause over a rebalance: films in work below the record that had stopped the partition were
// never fetched again by this process.
test('a paused partition is read again in the next assignment', async (t) => {
  const undo = undoAfter(t)
  const services = await useServices(t)
  const kafka = kafkaFor(services)
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  const topic = {
    name: uniqueName('pause'),
    partitions: 1,
    cleanup: 'delete' as const,
    retentionMs: -1,
    maxMessageBytes: 1024 * 1024,
    compression: 'none' as const,
  }
  await admin.createTopics([topic])
  await publisher.publish(topic, { key: 'k', value: new Uint8Array(1), headers: {} })
  const groupId = uniqueName('group')
  const consume = (handler: RecordHandler) =>
    kafkaFor(services).consume({
      groupId,
      topics: [topic.name],
      fetchBytes: 1024,
      sessionTimeoutMs: 10_000,
      handler,
      onCrash: (error) => assert.fail(error),
    })
  const seen: number[] = []
  const owned: number[] = []
  let control: ConsumerControl | undefined
  const consumer = await consume({
    assigned: ({ partitions }, given) => {
      owned.push(partitions.get(topic.name)?.length ?? 0)
      control = given
    },
    accept: (record, epoch) => {
      seen.push(epoch)
      control?.pause(record.topic, record.partition)
      return false
    },
    drain: async () => {},
  })
  undo(consumer.stop)
  await waitFor('the record', () => seen.length > 0)
  const other = await consume({ assigned: () => {}, accept: () => false, drain: async () => {} })
  await waitFor('a second assignment', () => owned.length > 1)
  await other.stop()
  await waitFor('the partition and its record again', () => owned.at(-1) === 1 && seen.at(-1) !== seen[0])
})
