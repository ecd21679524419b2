import assert from 'node:assert/strict'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { startKafkaProxy } from '../chaos/kafka-proxy.ts'
import { kafkaFor } from './services.ts'
import { tempDir } from './temp-dir.ts'
import type { Undo } from './undo.ts'

type Cleaner = Parameters<typeof tempDir>[0]

/** A broker of the test's own that is reached through a proxy, with one topic of one partition, and a client of it. */
export const startBrokerBehindProxy = async (t: Cleaner, undo: Undo, topic: string) => {
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
  /** Where the broker itself listens. */
  const address = broker?.address ?? ''
  proxy.leadTo(address)
  const kafka = kafkaFor({ brokers: proxy.address })
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  await admin.createTopics([
    { name: topic, partitions: 1, cleanup: 'delete', retentionMs: -1, maxMessageBytes: 1024 * 1024 },
  ])
  return { proxy, address, kafka, pid: broker?.pid ?? (() => 0) }
}
