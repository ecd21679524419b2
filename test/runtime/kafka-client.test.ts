import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { followTopic } from '../../src/runtime/kafka/follow-topic.ts'
import { createReadRecord, createReadRecords } from '../../src/runtime/kafka/read-records.ts'
import type { ConsumerControl, RecordHandler } from '../../src/runtime/kafka/types.ts'
import { cutTopic } from '../support/cut-topic.ts'
import { kafkaFor, type TestServices, uniqueName, useServices } from '../support/services.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const topicOf = (name: string, compression: 'none' | 'zstd' = 'zstd') => ({
  name,
  partitions: 3,
  cleanup: 'delete' as const,
  retentionMs: -1,
  maxMessageBytes: 12 * 1024 * 1024,
  compression,
})

const record = (key: string, text: string) => ({
  key,
  value: new TextEncoder().encode(text),
  headers: { note: text },
})

type Seen = { key: string; text: string; partition: number; offset: bigint; epoch: number }

/** A handler that notes what it gets and commits when told to. */
const noting = () => {
  const seen: Seen[] = []
  let control: ConsumerControl | undefined
  let epoch = 0
  const handler: RecordHandler = {
    assigned: (assignment, given) => {
      epoch = assignment.epoch
      control = given
    },
    accept: async ({ key = '', value, partition, offset }, of) => {
      seen.push({ key, text: new TextDecoder().decode(value), partition, offset, epoch: of })
      return true
    },
    drain: async () => {},
  }
  return { handler, seen, control: () => control, epoch: () => epoch }
}

describe('kafka adapter', () => {
  let services: TestServices
  // What a hook registers itself ends with that hook.
  const atEnd = undoAfter({ after })
  before(async () => {
    services = await useServices({ after: (work) => atEnd(async () => work()) })
  })

  const open = async (t: { after: (work: () => Promise<void>) => void }) => {
    const undo = undoAfter(t)
    const kafka = kafkaFor(services)
    const admin = await kafka.connectAdmin()
    undo(admin.stop)
    const publisher = await kafka.connectPublisher()
    undo(publisher.stop)
    return { kafka, admin, publisher, undo }
  }
  const consume = (
    kafka: ReturnType<typeof kafkaFor>,
    groupId: string,
    topic: string,
    handler: RecordHandler,
  ) =>
    kafka.consume({
      groupId,
      topics: [topic],
      fetchBytes: 1024 * 1024,
      sessionTimeoutMs: 10_000,
      handler,
      onCrash: (error) => {
        throw error
      },
    })

  test('a record comes back as it was sent, at the position that was acknowledged', async (t) => {
    const { kafka, admin, publisher, undo } = await open(t)
    const topic = topicOf(uniqueName('round-trip'))
    await admin.createTopics([topic])
    await admin.createTopics([topic])
    const position = await publisher.publish(topic, record('key', 'grün'))
    const noted = noting()
    const consumer = await consume(kafka, uniqueName('group'), topic.name, noted.handler)
    undo(consumer.stop)
    const seen = await waitFor('the record', () => noted.seen[0])
    assert.deepEqual(
      [seen.key, seen.text, seen.partition, String(seen.offset)],
      ['key', 'grün', position.partition, position.offset],
    )
    const read = createReadRecord({ consume: kafka.consume, admin })
    const found = await read(topic.name, position.partition, BigInt(position.offset))
    assert.equal(found?.headers['note'], 'grün')
    assert.equal(await read(topic.name, position.partition, 99n), undefined)
  })

  test('single records are read out of many, and those that retention took are left out', async (t) => {
    const { kafka, admin, publisher } = await open(t)
    const topic = topicOf(uniqueName('read'))
    await admin.createTopics([topic])
    const texts = Array.from({ length: 90 }, (_, index) => `n${index}`)
    await publisher.publishMany(
      topic,
      texts.map((text) => record(text, text)),
    )
    const { end } = await admin.bounds(topic.name)
    await cutTopic(services, topic.name, new Map([[0, 5n]]))
    const wanted = new Map([...end].map(([partition, last]) => [partition, [last - 1n, 2n, 7n, 1000n]]))
    const found: string[] = []
    await createReadRecords({ consume: kafka.consume, admin })(topic.name, wanted, async (each) => {
      found.push(`${each.partition}:${each.offset}`)
    })
    const expected = [...end].flatMap(([partition, last]) =>
      (partition === 0 ? [7n, last - 1n] : [2n, 7n, last - 1n]).map((offset) => `${partition}:${offset}`),
    )
    assert.deepEqual(found.toSorted(), expected.toSorted())
  })

  test('a reader goes on when retention takes what it still wants', async (t) => {
    const { kafka, admin, publisher } = await open(t)
    const topic = topicOf(uniqueName('cut'))
    await admin.createTopics([topic])
    await publisher.publishMany(
      topic,
      ['a', 'b', 'c'].map((text) => record('same', text)),
    )
    const { end } = await admin.bounds(topic.name)
    const [partition = 0] = [...end].find(([, offset]) => offset === 3n) ?? []
    const late = {
      ...admin,
      // All of it goes between the look at the bounds and the first fetch.
      bounds: async (name: string) => {
        const bounds = await admin.bounds(name)
        await cutTopic(services, name, new Map([[partition, 3n]]))
        return bounds
      },
    }
    const read = createReadRecord({ consume: kafka.consume, admin: late })
    assert.equal(await read(topic.name, partition, 1n), undefined)
  })

  test('what fails while a record is taken ends the reading', async (t) => {
    const { kafka, admin, publisher } = await open(t)
    const topic = topicOf(uniqueName('fault'))
    await admin.createTopics([topic])
    const { partition, offset } = await publisher.publish(topic, record('key', 'text'))
    const read = createReadRecords({ consume: kafka.consume, admin })
    const wanted = new Map([[partition, [BigInt(offset)]]])
    await assert.rejects(
      read(topic.name, wanted, () => Promise.reject(new Error('no room'))),
      { message: 'no room' },
    )
  })

  test('what was committed is not read again, what was not is', async (t) => {
    const { kafka, admin, publisher, undo } = await open(t)
    const topic = topicOf(uniqueName('commit'))
    await admin.createTopics([topic])
    await publisher.publishMany(
      topic,
      ['a', 'b', 'c'].map((text) => record('same', text)),
    )
    const group = uniqueName('group')
    const first = noting()
    const consumer = await consume(kafka, group, topic.name, first.handler)
    const [, second] = await waitFor('three records', () => first.seen.length === 3 && first.seen)
    assert.ok(second !== undefined)
    await first
      .control()
      ?.commit(first.epoch(), [{ topic: topic.name, partition: second.partition, offset: second.offset }])
    await first
      .control()
      ?.commit(first.epoch() - 1, [{ topic: topic.name, partition: second.partition, offset: 3n }])
    await consumer.stop()
    assert.deepEqual(
      await admin.committed(group, topic.name),
      new Map([[second.partition, 1n]]),
      'an old epoch is fenced',
    )
    const again = noting()
    const successor = await consume(kafka, group, topic.name, again.handler)
    undo(successor.stop)
    await waitFor('two records', () => again.seen.length === 2)
    assert.deepEqual(
      again.seen.map(({ text }) => text),
      ['b', 'c'],
    )
  })

  test('a second member takes over part of the partitions after the first has drained', async (t) => {
    const { kafka, admin, publisher, undo } = await open(t)
    const topic = topicOf(uniqueName('rebalance'))
    await admin.createTopics([topic])
    const group = uniqueName('group')
    const first = noting()
    const consumer = await consume(kafka, group, topic.name, first.handler)
    undo(consumer.stop)
    const second = noting()
    const other = await consume(kafkaFor(services), group, topic.name, second.handler)
    undo(other.stop)
    await waitFor('a new epoch', () => first.epoch() >= 2)
    const texts = Array.from({ length: 60 }, (_, index) => `n${index}`)
    await publisher.publishMany(
      topic,
      texts.map((text) => record(text, text)),
    )
    await waitFor('all records', () => first.seen.length + second.seen.length >= 60)
    assert.deepEqual([...first.seen, ...second.seen].map(({ text }) => text).toSorted(), texts.toSorted())
    assert.ok(first.seen.length > 0 && second.seen.length > 0)
  })

  test('a followed topic knows every record that was there when it was asked', async (t) => {
    const { kafka, admin, publisher, undo } = await open(t)
    const topic = topicOf(uniqueName('follow'))
    await admin.createTopics([topic])
    await publisher.publishMany(
      topic,
      ['a', 'b'].map((text) => record(text, text)),
    )
    const applied: string[] = []
    const followed = await followTopic({
      topic: topic.name,
      apply: ({ key = '' }) => applied.push(key),
      consume: kafka.consume,
      admin,
      onCrash: () => {},
    })
    undo(followed.stop)
    await followed.catchUp()
    assert.deepEqual(applied.toSorted(), ['a', 'b'])
    await publisher.publish(topic, record('c', 'c'))
    await followed.catchUp()
    assert.deepEqual(applied.toSorted(), ['a', 'b', 'c'])
  })

  test('a film of eight megabytes passes uncompressed', async (t) => {
    const { kafka, admin, publisher, undo } = await open(t)
    const topic = topicOf(uniqueName('large'), 'none')
    await admin.createTopics([topic])
    const value = new Uint8Array(8 * 1024 * 1024).fill(7)
    await publisher.publish(topic, { key: 'k', value, headers: {} })
    const noted = noting()
    const consumer = await consume(kafka, uniqueName('group'), topic.name, noted.handler)
    undo(consumer.stop)
    const seen = await waitFor('the film', () => noted.seen[0])
    assert.equal(seen.text.length, value.length)
  })
})
