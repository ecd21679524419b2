import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Kafka, logLevel } from 'kafkajs'
import { createSinkLoop } from '../../src/consumers/sink-loop.ts'
import type { Alarm } from '../../src/contracts/alarm.ts'
import { everyReally } from '../../src/runtime/every.ts'
import { createOffsetGuard, gapGroupOf } from '../../src/runtime/kafka/guard-offsets.ts'
import type { RecordHandler, TopicCut } from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { usualLoopDeps } from '../support/loop-deps.ts'
import { kafkaFor, type TestServices, uniqueName, useServices } from '../support/services.ts'
import { quietTelemetry } from '../support/simulated-broker/quiet-telemetry.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

describe('a topic that was cut', () => {
  let services: TestServices
  // What a hook registers itself ends with that hook.
  const atEnd = undoAfter({ after })
  before(async () => {
    services = await useServices({ after: (work) => atEnd(async () => work()) })
  })

  /** A topic of one partition with ten records, and a group that has committed as far as is said. */
  const open = async (
    t: { after: (work: () => Promise<void>) => void },
    committed?: bigint,
    partitions = 1,
  ) => {
    const undo = undoAfter(t)
    const kafka = kafkaFor(services)
    const admin = await kafka.connectAdmin()
    undo(admin.stop)
    const publisher = await kafka.connectPublisher()
    undo(publisher.stop)
    const name = uniqueName('cut')
    const topic = { name, compression: 'none' as const }
    await admin.createTopics([
      { name, partitions, cleanup: 'delete', retentionMs: -1, maxMessageBytes: 1024 * 1024 },
    ])
    for (let record = 0; record < 10; record += 1)
      await publisher.publish(topic, { key: 'k', value: new Uint8Array(1), headers: {} })
    const groupId = uniqueName('group')
    const vendor = new Kafka({ brokers: services.brokers.split(','), logLevel: logLevel.NOTHING }).admin()
    await vendor.connect()
    undo(() => vendor.disconnect())
    if (committed !== undefined)
      await vendor.setOffsets({
        groupId,
        topic: name,
        partitions: [{ partition: 0, offset: String(committed) }],
      })
    const cutAt = async (offset: number): Promise<void> => {
      // kafkajs deletes only from topics that it has already looked at.
      await vendor.fetchTopicOffsets(name)
      await vendor.deleteTopicRecords({ topic: name, partitions: [{ partition: 0, offset: String(offset) }] })
    }
    const consume = async (handler: RecordHandler) => {
      const options = { groupId, topics: [name], fetchBytes: 1024, sessionTimeoutMs: 10_000 }
      const consumer = await kafka.consume({ ...options, handler, onCrash: (error) => assert.fail(error) })
      undo(consumer.stop)
    }
    const standsAt = async () => (await admin.committed(groupId, name)).get(0)
    return { admin, publisher, topic, groupId, cutAt, consume, standsAt }
  }

  test('records removed while nobody read: the partition stands still and the gap stays on record', async (t) => {
    const { topic, cutAt, consume, standsAt } = await open(t, 2n)
    await cutAt(5)
    const alarms: Alarm[] = []
    const loop = createSinkLoop({
      ...usualLoopDeps(),
      store: { write: () => assert.fail('a record beyond the gap was written') },
      readResult: () => ({ kind: 'nothing' }),
      alarms: { raise: async (alarm) => void alarms.push(alarm) },
      telemetry: quietTelemetry,
      logger: silentLogger,
      pause: async () => {},
      every: everyReally,
      now: () => new Date(0),
      lingerMs: 5,
      maxRows: 10,
    })
    t.after(loop.stop)
    await consume(loop)
    const alarm = await waitFor('the alarm', () => alarms[0])
    assert.deepEqual(
      [alarm.kind, alarm.scope, alarm.evidence],
      ['offset-out-of-range', `${topic.name}:0`, { offset: '2', earliest: '5', end: '10' }],
    )
    assert.equal(await standsAt(), 2n)
  })

  test('records removed in front of a running consumer: it does not jump', async (t) => {
    const { cutAt, consume, standsAt } = await open(t)
    const cuts: TopicCut[] = []
    const taken: bigint[] = []
    await consume({
      assigned: () => {},
      accept: ({ offset }) => {
        if (offset !== 3n) taken.push(offset)
        return offset !== 3n
      },
      drain: async () => {},
      cut: (cut) => void cuts.push(cut),
    })
    await waitFor('three records', () => taken.length === 3)
    await cutAt(6)
    const cut = await waitFor('the cut', () => cuts[0])
    assert.deepEqual([cut.expected, cut.first, cut.end], [3n, 6n, 10n])
    assert.deepEqual(taken, [0n, 1n, 2n])
    assert.equal(await standsAt(), 3n, 'a restart sees the gap again')
  })

  test('behind a gap that was accepted the consumer goes on, and the next assignment knows it', async (t) => {
    const { admin, topic, groupId, cutAt, consume, standsAt } = await open(t, 2n)
    await cutAt(5)
    const found: TopicCut[] = []
    const taken: bigint[] = []
    await consume({
      assigned: () => {},
      accept: ({ offset }) => {
        taken.push(offset)
        return true
      },
      drain: async () => {},
      cut: (cut) => void found.push(cut),
    })
    await waitFor('the cut', () => found.length === 1)
    assert.deepEqual(taken, [])
    await admin.commitFor(gapGroupOf(groupId, 2n), topic.name, new Map([[0, 5n]]))
    await waitFor('what is left', () => taken.length === 5)
    assert.equal(taken[0], 5n)
    assert.equal(await standsAt(), 2n, 'the handler commits, and this one does not')
    const { cuts, standing } = await createOffsetGuard(groupId, admin).check(new Map([[topic.name, [0]]]))
    assert.deepEqual([cuts, standing[0]?.offset, standing[0]?.isBehindGap], [[], 5n, true])
    await cutAt(7)
    const more = await createOffsetGuard(groupId, admin).check(new Map([[topic.name, [0]]]))
    assert.deepEqual([more.cuts[0]?.expected, more.cuts[0]?.first], [5n, 7n], 'only that gap was accepted')
  })

  test('a group that stands beyond the end of the topic stands still: the topic was made anew', async (t) => {
    const { consume } = await open(t, 11n)
    const cuts: TopicCut[] = []
    await consume({
      assigned: () => {},
      accept: () => assert.fail('a record was handed out'),
      drain: async () => {},
      cut: (cut) => void cuts.push(cut),
    })
    assert.equal((await waitFor('the cut', () => cuts[0])).expected, 11n)
  })

  test('with its first batch a group begins in every partition: what goes from an empty one is a gap', async (t) => {
    const { admin, topic, groupId, consume } = await open(t, undefined, 3)
    const handler: RecordHandler = {
      assigned: () => {},
      accept: () => true,
      drain: async () => {},
      cut: () => {},
    }
    await consume(handler)
    const { low } = await admin.bounds(topic.name)
    const committed = await waitFor('commits of all partitions', async () => {
      const found = await admin.committed(groupId, topic.name)
      return found.size === 3 ? found : undefined
    })
    assert.deepEqual(committed, low)
  })

  test('a group that stands where the log begins reads on, and one without a commit reads from there', async (t) => {
    for (const committed of [5n, undefined]) {
      const { cutAt, consume } = await open(t, committed)
      await cutAt(5)
      const taken: bigint[] = []
      await consume({
        assigned: () => {},
        accept: ({ offset }) => {
          taken.push(offset)
          return true
        },
        drain: async () => {},
        cut: (cut) => assert.fail(`a cut at ${cut.expected}`),
      })
      await waitFor('what is left', () => taken.length === 5)
      assert.equal(taken[0], 5n)
    }
  })
})

test('a gap that compaction has left is no cut', async () => {
  const guard = createOffsetGuard('g', {
    bounds: async () => ({ low: new Map([[0, 0n]]), end: new Map([[0, 20n]]) }),
    committed: async () => new Map(),
  })
  assert.equal(await guard.cutBefore({ topic: 't', partition: 0, offset: 9n }, 4n), undefined)
  assert.notEqual(await guard.cutBefore({ topic: 't', partition: 0, offset: 0n }, 4n), undefined)
})
