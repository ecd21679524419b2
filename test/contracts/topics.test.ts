import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { inlineFilmBytes } from '../../src/contracts/image-event.ts'
import { backfillTopic, imagesTopic, topics } from '../../src/contracts/topics.ts'
import { javaMurmur2, javaPartition, javaVectors } from './java-murmur2.ts'

const choose = Partitioners.DefaultPartitioner()
const partitionByKafkajs = (key: string, partitions: number): number =>
  choose({
    topic: imagesTopic.name,
    partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    })),
    message: { key, value: null },
  })

describe('the partitioner', () => {
  test('our reference gives the hashes of the Java client', () => {
    for (const [text, hash] of javaVectors)
      assert.equal(javaMurmur2(new TextEncoder().encode(text)), hash, text)
  })

  test('kafkajs sends the keys of those vectors where the Java client sends them', () => {
    for (const [text, hash] of javaVectors)
      assert.equal(partitionByKafkajs(text, 12), (hash & 0x7fffffff) % 12, text)
  })

  test('kafkajs and the Java client agree on event ids and on any text', () => {
    const key = fc.oneof(fc.stringMatching(/^[0-9a-f]{64}$/), fc.string({ unit: 'grapheme', minLength: 1 }))
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 64 }), (text, partitions) => {
        assert.equal(partitionByKafkajs(text, partitions), javaPartition(text, partitions))
      }),
      { seed: 7, numRuns: 500 },
    )
  })
})

describe('the topics', () => {
  test('name and event type carry the same major version, and none stands twice', () => {
    assert.equal(new Set(topics.map(({ name }) => name)).size, topics.length)
    assert.equal(
      new Set(topics.map(({ eventType }) => eventType)).size,
      topics.length - 1,
      'the lanes of films share theirs',
    )
    for (const { name, eventType } of topics) {
      assert.match(name, /^hip\.[a-z-]+\.v1$/)
      assert.match(eventType, /^org\.osteostream\.[a-z-]+\.v1$/)
    }
  })

  test('both lanes of films have one key and as many partitions, so that all arrivals of a film share a number', () => {
    assert.deepEqual(
      [backfillTopic.key, backfillTopic.partitions, backfillTopic.eventType],
      [imagesTopic.key, imagesTopic.partitions, imagesTopic.eventType],
    )
  })

  test('an inline film fits into a record with its headers', () => {
    assert.ok(imagesTopic.maxMessageBytes - inlineFilmBytes >= 1024 * 1024)
  })
})
