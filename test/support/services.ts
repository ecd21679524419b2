import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { createKafkaClient, type KafkaClient } from '../../src/runtime/kafka/kafka-client.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { startTelemetry, type Telemetry } from '../../src/runtime/telemetry.ts'

export type TestServices = {
  readonly brokers: string
  readonly clickhouse: { readonly url: string; readonly username: string; readonly password: string }
}

type Cleaner = { after: (work: () => Promise<void> | void) => void }

/** Services that no other test uses. */
export const startOwnServices = async (t: Cleaner): Promise<TestServices> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'osteostream-test-'))
  const { cacheDir } = readSettings()
  const started = await startEmbeddedServices({
    dataDir,
    cacheDir,
    kafka: true,
    clickhouse: true,
    logger: silentLogger,
    onProgress: () => {},
    onGiveUp: (error) => console.error(error),
  })
  t.after(async () => {
    await started.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  return {
    brokers: started.kafka?.address ?? '',
    clickhouse: {
      url: started.clickhouse?.address ?? '',
      username: started.clickhouse?.credentials?.username ?? '',
      password: started.clickhouse?.credentials?.password ?? '',
    },
  }
}

/** The services of the test run; a file that is run alone starts its own. */
export const useServices = async (t: Cleaner): Promise<TestServices> => {
  const brokers = process.env['TEST_KAFKA_BROKERS']
  const url = process.env['TEST_CLICKHOUSE_URL']
  if (brokers === undefined || url === undefined) return startOwnServices(t)
  return {
    brokers,
    clickhouse: {
      url,
      username: process.env['TEST_CLICKHOUSE_USER'] ?? '',
      password: process.env['TEST_CLICKHOUSE_PASSWORD'] ?? '',
    },
  }
}

/** A Kafka client of the test. */
export const kafkaFor = (services: Pick<TestServices, 'brokers'>): KafkaClient =>
  createKafkaClient({
    brokers: services.brokers.split(','),
    clientId: `test-${randomUUID().slice(0, 8)}`,
    tls: false,
    replicationFactor: 1,
    logger: silentLogger,
  })

/** A name that no other test uses. */
export const uniqueName = (stem: string): string => `${stem}-${randomUUID().slice(0, 8)}`

/** Telemetry without exporters, stopped with the test. */
export const telemetryFor = (t: Cleaner): Telemetry => {
  const telemetry = startTelemetry({ service: 'test', version: '0' })
  t.after(() => telemetry.stop())
  return telemetry
}
