import { z } from 'zod'
import { createDatabase, migrate } from '../analytics/schema/migrate.ts'
import { type ClickHouse, openClickHouse } from '../runtime/clickhouse.ts'
import { isRetryable, messageOf, SetupError } from '../runtime/errors.ts'
import type { KafkaClient } from '../runtime/kafka/kafka-client.ts'
import type { KafkaAdmin } from '../runtime/kafka/types.ts'
import { keepTrying, realPause } from '../runtime/keep-trying.ts'
import { vouchingPublisher } from '../runtime/vouched-record.ts'
import { findServices, kafkaClientFor, type Services } from './connect-services.ts'
import { loadEngineKey } from './engine-key.ts'
import type { Process } from './open-process.ts'
import type { RoleDeps } from './start-screening.ts'

/** Open connections to both services. */
export type Connections = {
  readonly services: Services
  readonly kafka: KafkaClient
  readonly admin: KafkaAdmin
  readonly clickhouse: ClickHouse
}

/** Whether waiting can help: a server that refuses us, or a statement of ours, does so again. */
const isAway = (error: unknown): boolean =>
  error instanceof SetupError
    ? error.code === 'SERVICE_NOT_RUNNING' ||
      (error.code === 'SERVICE_UNREACHABLE' && isRetryable(error.cause))
    : isRetryable(error)

const unreachable = (what: string, where: string, error: unknown): SetupError =>
  new SetupError(
    'SERVICE_UNREACHABLE',
    `${what} at ${where} does not answer: ${messageOf(error)}`,
    `check that it runs, and the OSTEOSTREAM_${what.toUpperCase()}_* settings`,
    { cause: error },
  )

const openKafka = ({ settings, logger }: Process, services: Services): KafkaClient =>
  kafkaClientFor(services, settings, logger, 'osteostream')

const versionSchema = z.object({ version: z.string() }).transform(({ version }) => version)

/** Makes our database where it is not there, and answers the version of the server. */
const prepareDatabase = async (address: Services['clickhouse']): Promise<string> => {
  const server = openClickHouse({ ...address, database: 'default' })
  try {
    await createDatabase(server, address.database)
    const [version] = await server.query('SELECT version() AS version', {}, versionSchema)
    return version ?? address.version
  } catch (error) {
    throw unreachable('clickhouse', address.url, error)
  } finally {
    await server.close()
  }
}

const openAdmin = async ({ lifecycle }: Process, kafka: KafkaClient, services: Services) => {
  const admin = await kafka.connectAdmin().catch((error: unknown) => {
    throw unreachable('kafka', services.kafka.brokers.join(','), error)
  })
  lifecycle.add('kafka admin', admin.stop)
  return admin
}

/** Opens connections to services that run, and closes them with the process. Throws SetupError SERVICE_UNREACHABLE. */
export const connect = async (process: Process, services: Services): Promise<Connections> => {
  const { lifecycle } = process
  const version = await prepareDatabase(services.clickhouse)
  const clickhouse = openClickHouse(services.clickhouse)
  lifecycle.add('clickhouse', clickhouse.close)
  const kafka = openKafka(process, services)
  const admin = await openAdmin(process, kafka, services)
  return {
    services: { ...services, clickhouse: { ...services.clickhouse, version } },
    kafka,
    admin,
    clickhouse,
  }
}

/** Kafka alone, for a process that goes on while ClickHouse is away; it connects when something is asked of it. */
export const kafkaOfRunning = async (process: Process): Promise<KafkaClient> =>
  openKafka(process, await findServices(process.settings))

/** Kafka alone, for a command that must work while ClickHouse is away. Throws SetupError SERVICE_UNREACHABLE. */
export const openKafkaOfRunning = async (process: Process): Promise<Pick<Connections, 'kafka' | 'admin'>> => {
  const services = await findServices(process.settings)
  const kafka = openKafka(process, services)
  return { kafka, admin: await openAdmin(process, kafka, services) }
}

/**
 * Connects to the engine that runs on the data folder, and waits for services that do not answer yet: a process of
 * the engine that was started while ClickHouse is away is no failure.
 */
export const awaitRunning = async (process: Process): Promise<Connections> => {
  const ending = new AbortController()
  process.lifecycle.add('wait for services', async () => ending.abort())
  const connected = await keepTrying(() => connectToRunning(process), {
    what: 'services do not answer, trying again',
    mayMend: isAway,
    isWanted: () => !ending.signal.aborted,
    pause: (ms) => realPause(ms, ending.signal),
    longestWaitMs: 10_000,
    logger: process.logger,
  })
  if (connected === undefined) throw new Error('stopped before the services answered')
  return connected.value
}

/** Connects to the engine that runs on the data folder, its schema up to date. */
export const connectToRunning = async (process: Process): Promise<Connections> => {
  const connections = await connect(process, await findServices(process.settings))
  await migrate(connections.clickhouse)
  return connections
}

/** What a role is started with. */
export const roleDepsOf = async (
  process: Process,
  kafka: KafkaClient,
  onCrash: (error: Error) => void,
): Promise<RoleDeps> => ({
  settings: process.settings,
  engineKey: await loadEngineKey(process.settings),
  logger: process.logger,
  telemetry: process.telemetry,
  health: process.health,
  kafka,
  onCrash,
})

/** A publisher of control records of the engine, stopped with the process. Throws SetupError ENGINE_KEY_MISSING. */
export const openControlPublisher = async (process: Process, { kafka }: Pick<Connections, 'kafka'>) => {
  const engineKey = await loadEngineKey(process.settings)
  const publisher = await kafka.connectPublisher()
  process.lifecycle.add('control publisher', publisher.stop)
  return vouchingPublisher(publisher, engineKey)
}
