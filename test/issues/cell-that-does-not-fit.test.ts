import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createResultStore } from '../../src/analytics/stores/result-store.ts'
import { createReadResult, sinkTopics } from '../../src/consumers/read-result.ts'
import { createResultCollector } from '../../src/consumers/result-batch.ts'
import { eventNameOf } from '../../src/contracts/json-schemas.ts'
import { type TopicDeclaration, topics } from '../../src/contracts/topics.ts'
import { withEngineMac } from '../../src/runtime/vouched-record.ts'
import { useDatabase } from '../analytics/open-database.ts'
import { samples } from '../contracts/samples.ts'

const numbers = [1001, 2 ** 16, 2 ** 32, Number.MAX_SAFE_INTEGER, 1e300, -1e300]
const texts = ['9'.repeat(19), '9'.repeat(20), '0000-01-01', '9999-12-31', '9999-12-31T23:59:59.999Z']

/** What a producer may put in the place of a value, as far as its kind goes. */
const extremesOf = (value: unknown): readonly unknown[] => {
  if (typeof value === 'number') return numbers
  return typeof value === 'string' ? texts : []
}

/** The event with one of its values changed, for each value at any depth and each extreme of it. */
const changesOf = (event: unknown): readonly unknown[] => {
  if (Array.isArray(event))
    return event.flatMap((item, at) => changesOf(item).map((changed) => event.with(at, changed)))
  if (typeof event !== 'object' || event === null) return extremesOf(event)
  return Object.entries(event).flatMap(([name, value]) =>
    changesOf(value).map((changed) => ({ ...event, [name]: changed })),
  )
}

const engineKey = Buffer.alloc(32, 3)
const readResult = createReadResult({ engineKey, findKeys: () => [], isSynthetic: () => true })

/** The record of an event as the engine vouches for it. */
const recordOf = (topic: TopicDeclaration, event: unknown) => {
  const { siteId, validFrom } = z
    .looseObject({ siteId: z.string(), validFrom: z.string() })
    .partial()
    .parse(event)
  const record = {
    key: `${siteId}@${validFrom}`,
    value: Buffer.from(JSON.stringify(event)),
    headers: { ce_type: topic.eventType, ce_id: 'x', ce_time: '2026-03-01T00:00:00.000Z' },
  }
  return { topic: topic.name, ...record, ...withEngineMac(engineKey, topic, record), value: record.value }
}

// A contract let numbers through that no column holds, and the sink tried to write such a row again for ever.
describe('a record that its contract admits', () => {
  const database = useDatabase()

  for (const topic of topics.filter(({ name }) => sinkTopics.includes(name)))
    test(`of ${topic.name} can be stored, whatever numbers and days it names`, async () => {
      const valid = (samples[eventNameOf(topic)] ?? []).filter(({ verdict }) => verdict === 'valid')
      const changed = valid.flatMap(({ event }) => changesOf(event))
      const collector = createResultCollector()
      for (const [offset, event] of changed.entries())
        collector.add(
          readResult({ ...recordOf(topic, event), partition: 0, offset: BigInt(offset), timestampMs: 0 }),
        )
      const admitted = changed.filter((event) => topic.schema.safeParse(event).success)
      assert.ok(
        admitted.length > 0 && admitted.length < changed.length,
        `${admitted.length} of ${changed.length}`,
      )
      await createResultStore(database).write(collector.batch)
    })
})
