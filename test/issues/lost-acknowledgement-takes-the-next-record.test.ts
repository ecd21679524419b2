import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kafka, logLevel } from 'kafkajs'
import { startBrokerBehindProxy } from '../support/broker-behind-proxy.ts'
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
  const { proxy, kafka } = await startBrokerBehindProxy(t, undo, topic.name)
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
