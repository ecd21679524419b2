import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kafka, logLevel } from 'kafkajs'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { createKafkaClient } from '../../src/runtime/kafka/kafka-client.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { startKafkaProxy } from '../chaos/kafka-proxy.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const topic = { name: 'records', compression: 'none' } as const
/** So many that the one without an acknowledgement is hardly ever the first to be sent again. */
const records = Array.from({ length: 20 }, (_, index) => ({
  key: 'k',
  value: Buffer.from(`record ${index}`),
  headers: {},
}))

test('a lost acknowledgement takes no other record out of the log; kafkajs acknowledged one in no log', async (t) => {
  const undo = undoAfter(t)
  const proxy = await startKafkaProxy()
  undo(proxy.stop)
  const { kafka: broker, stop } = await startEmbeddedServices({
    dataDir: await tempDir(t),
    cacheDir: readSettings().cacheDir,
    kafkaAdvertised: proxy.address,
    kafka: true,
    clickhouse: false,
    logger: silentLogger,
    onProgress: () => {},
    onGiveUp: (error) => assert.fail(error),
  })
  undo(stop)
  proxy.leadTo(broker?.address ?? '')
  const kafka = createKafkaClient({
    brokers: [proxy.address],
    clientId: 'test',
    tls: false,
    replicationFactor: 1,
    logger: silentLogger,
  })
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  await admin.createTopics([
    { name: topic.name, partitions: 1, cleanup: 'delete', retentionMs: -1, maxMessageBytes: 1024 * 1024 },
  ])
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  await publisher.publish(topic, { key: 'k', value: Buffer.from('before'), headers: {} })

  proxy.holdAnswers()
  const published = records.map((record) => publisher.publish(topic, record))
  const watcher = await kafka.connectAdmin()
  undo(watcher.stop)
  await waitFor(
    'the first record in the log',
    async () => (await watcher.bounds(topic.name)).end.get(0) === 2n,
  )
  proxy.cut()
  await Promise.all(published)

  const end = (await watcher.bounds(topic.name)).end.get(0) ?? 0n
  const reader = new Kafka({ brokers: [proxy.address], logLevel: logLevel.NOTHING }).consumer({
    groupId: 'reader',
  })
  await reader.connect()
  undo(() => reader.disconnect())
  await reader.subscribe({ topic: topic.name, fromBeginning: true })
  const inLog: string[] = []
  await reader.run({ eachMessage: async ({ message }) => void inLog.push(String(message.value)) })
  await waitFor('the end of the log', () => BigInt(inLog.length) >= end)
  const missing = records.map(({ value }) => String(value)).filter((text) => !inLog.includes(text))
  assert.deepEqual(missing, [], 'acknowledged')
})
