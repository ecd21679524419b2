import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { contractFiles } from '../../src/contracts/contract-files.ts'
import { schemaFileOf } from '../../src/contracts/json-schemas.ts'
import { topics } from '../../src/contracts/topics.ts'

const text = contractFiles().find((file) => file.path === 'asyncapi.json')?.text ?? ''

const reference = z.object({ $ref: z.string() })
const schemaSlot = z.object({ schemaFormat: z.string(), schema: z.looseObject({}) })
const document = z
  .object({
    asyncapi: z.literal('3.0.0'),
    channels: z.record(
      z.string(),
      z.object({
        address: z.string(),
        messages: z.record(z.string(), reference),
        bindings: z.object({
          kafka: z.object({
            partitions: z.int(),
            topicConfiguration: z.object({
              'cleanup.policy': z.tuple([z.string()]),
              'retention.ms': z.int(),
              'max.message.bytes': z.int(),
            }),
          }),
        }),
        'x-producer': z.object({ compression: z.string(), partitioner: z.literal('murmur2') }),
      }),
    ),
    operations: z.record(z.string(), z.object({ action: z.enum(['send', 'receive']), channel: reference })),
    components: z.object({
      messages: z.record(
        z.string(),
        z.object({
          contentType: z.string(),
          headers: schemaSlot,
          payload: schemaSlot.or(z.object({ type: z.string(), format: z.string() })),
          bindings: z.object({ kafka: z.object({ key: z.object({ description: z.string() }) }) }),
        }),
      ),
    }),
  })
  .parse(JSON.parse(text))

const references = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map((match) => match[1] ?? '')

const pointsAt = (pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null
          ? Object.entries(value).find(([key]) => key === name)?.[1]
          : undefined,
      document,
    )

describe('the AsyncAPI document', () => {
  test('each topic is a channel with what the broker is told', () => {
    const channels = Object.values(document.channels)
    assert.equal(channels.length, topics.length)
    for (const topic of topics) {
      const channel = channels.find(({ address }) => address === topic.name)
      assert.ok(channel !== undefined, topic.name)
      const { partitions, topicConfiguration } = channel.bindings.kafka
      assert.equal(partitions, topic.partitions)
      assert.deepEqual(topicConfiguration, {
        'cleanup.policy': [topic.cleanup],
        'retention.ms': topic.retentionMs,
        'max.message.bytes': topic.maxMessageBytes,
      })
      assert.equal(channel['x-producer'].compression, topic.compression)
    }
  })

  test('every reference leads somewhere', () => {
    const files = new Set(contractFiles().map((file) => `./${file.path}`))
    assert.ok(references.length > topics.length)
    for (const target of references)
      assert.ok(target.startsWith('#/') ? pointsAt(target) !== undefined : files.has(target), target)
  })

  test('every schema is used, every channel has an operation, every message states its type and key', () => {
    for (const topic of topics) assert.ok(references.includes(`./${schemaFileOf(topic)}`), topic.name)
    const used = new Set(Object.values(document.operations).map(({ channel }) => channel.$ref))
    assert.deepEqual(
      [...used].toSorted(),
      Object.keys(document.channels)
        .map((id) => `#/channels/${id}`)
        .toSorted(),
    )
    for (const channel of Object.values(document.channels)) {
      const topic = topics.find(({ name }) => name === channel.address)
      for (const name of Object.keys(channel.messages)) {
        const message = document.components.messages[name]
        assert.equal(message?.bindings.kafka.key.description, topic?.key)
        if (topic?.encoding === 'json') {
          assert.equal(message?.contentType, 'application/json')
          assert.ok(JSON.stringify(message?.headers).includes(topic.eventType))
        }
      }
    }
  })
})
