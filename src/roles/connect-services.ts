import { findRunningServices, type RunningServices } from '../embedded/services-file.ts'
import { startEmbeddedServices } from '../embedded/start-services.ts'
import type { Settings } from '../runtime/config.ts'
import { SetupError } from '../runtime/errors.ts'
import { createKafkaClient, type KafkaClient } from '../runtime/kafka/kafka-client.ts'
import type { Lifecycle } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

/** Where the two services are and what they are. */
export type Services = {
  readonly kafka: {
    readonly brokers: readonly string[]
    readonly version: string
    readonly mode: ServiceMode
  }
  readonly clickhouse: ClickHouseAddress & { readonly version: string; readonly mode: ServiceMode }
}
export type ServiceMode = 'embedded' | 'external'
export type ClickHouseAddress = {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database: string
  readonly replicated?: boolean
}

const externalKafka = (settings: Settings): Services['kafka'] | undefined =>
  settings.kafkaBrokers === undefined
    ? undefined
    : { brokers: settings.kafkaBrokers, version: 'unknown', mode: 'external' }

const externalClickHouse = (settings: Settings): Services['clickhouse'] | undefined =>
  settings.clickhouseUrl === undefined
    ? undefined
    : {
        url: settings.clickhouseUrl,
        username: settings.clickhouseUser,
        password: settings.clickhousePassword,
        database: settings.clickhouseDatabase,
        replicated: settings.clickhouseReplicated,
        version: 'unknown',
        mode: 'external',
      }

const notRunning = (settings: Settings): SetupError =>
  new SetupError(
    'SERVICE_NOT_RUNNING',
    `no engine runs on the data folder ${settings.dataDir}`,
    'start one with `npm start -- up`, name its folder with --data-dir, or set OSTEOSTREAM_KAFKA_BROKERS and OSTEOSTREAM_CLICKHOUSE_URL',
  )

/** Finds the services that a running engine uses. Throws SetupError SERVICE_NOT_RUNNING. */
export const findServices = async (settings: Settings): Promise<Services> => {
  const kafka = externalKafka(settings)
  const clickhouse = externalClickHouse(settings)
  if (kafka !== undefined && clickhouse !== undefined) return { kafka, clickhouse }
  const running = await findRunningServices(settings.dataDir)
  return merge(settings, { kafka, clickhouse }, running)
}

type Found = RunningServices | undefined

/** Kafka alone: a clinic's gateway knows no tables. Throws SetupError SERVICE_NOT_RUNNING. */
export const findKafka = async (settings: Settings): Promise<Pick<Services, 'kafka'>> => {
  const kafka = externalKafka(settings)
  return kafka === undefined ? findServices(settings) : { kafka }
}

const merge = (
  settings: Settings,
  external: Partial<{ [Name in keyof Services]: Services[Name] | undefined }>,
  found: Found,
): Services => {
  const kafka: Services['kafka'] | undefined =
    external.kafka ??
    (found?.kafka && { brokers: [found.kafka.address], version: found.kafka.version, mode: 'embedded' })
  const clickhouse: Services['clickhouse'] | undefined =
    external.clickhouse ??
    (found?.clickhouse && {
      url: found.clickhouse.address,
      username: found.clickhouse.credentials?.username ?? 'default',
      password: found.clickhouse.credentials?.password ?? '',
      database: settings.clickhouseDatabase,
      version: found.clickhouse.version,
      mode: 'embedded',
    })
  if (kafka === undefined || clickhouse === undefined) throw notRunning(settings)
  return { kafka, clickhouse }
}

export type EngineEvents = {
  readonly onProgress: (message: string) => void
  readonly onCrash: (error: Error) => void
}

/** Starts the services that the settings do not name elsewhere. */
export const startServices = async (
  settings: Settings,
  logger: Logger,
  lifecycle: Lifecycle,
  events: EngineEvents,
): Promise<Services> => {
  const external = { kafka: externalKafka(settings), clickhouse: externalClickHouse(settings) }
  if (external.kafka !== undefined && external.clickhouse !== undefined)
    return { kafka: external.kafka, clickhouse: external.clickhouse }
  const embedded = await startEmbeddedServices({
    dataDir: settings.dataDir,
    cacheDir: settings.cacheDir,
    kafka: external.kafka === undefined,
    clickhouse: external.clickhouse === undefined,
    kafkaPort: settings.kafkaPort,
    clickhousePort: settings.clickhousePort,
    logger,
    onProgress: events.onProgress,
    onGiveUp: events.onCrash,
  })
  lifecycle.add('embedded services', embedded.stop)
  return merge(settings, external, embedded)
}

const saslOf = (settings: Settings) =>
  settings.kafkaSaslMechanism === undefined
    ? {}
    : {
        sasl: {
          mechanism: settings.kafkaSaslMechanism,
          username: settings.kafkaSaslUsername ?? '',
          password: settings.kafkaSaslPassword ?? '',
        },
      }

/** A Kafka client for these services. */
export const kafkaClientFor = (
  services: Pick<Services, 'kafka'>,
  settings: Settings,
  logger: Logger,
  clientId: string,
): KafkaClient =>
  createKafkaClient({
    brokers: services.kafka.brokers,
    clientId,
    tls: settings.kafkaTls,
    ...saslOf(settings),
    replicationFactor: settings.kafkaReplicationFactor,
    logger,
  })
