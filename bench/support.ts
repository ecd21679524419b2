import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, migrate } from '../src/analytics/schema/migrate.ts'
import { startEmbeddedServices } from '../src/embedded/start-services.ts'
import { type ClickHouseOptions, openClickHouse } from '../src/runtime/clickhouse.ts'
import { readSettings } from '../src/runtime/config.ts'
import { createKafkaClient } from '../src/runtime/kafka/kafka-client.ts'
import { silentLogger } from '../src/runtime/logger.ts'

/** Median, least and most of several runs. */
export const spreadOf = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const round = (value: number | undefined): number => Number((value ?? 0).toPrecision(4))
  return {
    median: round(sorted[Math.floor((sorted.length - 1) / 2)]),
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: sorted.length,
  }
}

/** Spread in each quarter of a run, in the order of its samples: what grows is told from what varies. */
export const quartersOf = (samples: readonly number[]) =>
  [0, 1, 2, 3].map((quarter) =>
    spreadOf(samples.slice((quarter * samples.length) / 4, ((quarter + 1) * samples.length) / 4)),
  )

/** Real services on a folder of their own, for the time of a measure. */
export const withServices = async <Result>(
  work: (open: Awaited<ReturnType<typeof openServices>>) => Promise<Result>,
): Promise<Result> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'osteostream-bench-'))
  const open = await openServices(dataDir)
  try {
    return await work(open)
  } finally {
    await open.services.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const openServices = async (dataDir: string) => {
  const { cacheDir } = readSettings()
  const services = await startEmbeddedServices({
    dataDir,
    cacheDir,
    kafka: true,
    clickhouse: true,
    logger: silentLogger,
    onProgress: console.error,
    onGiveUp: console.error,
  })
  const address = {
    url: services.clickhouse?.address ?? '',
    username: '',
    password: '',
    ...services.clickhouse?.credentials,
  }
  const server = openClickHouse({ ...address, database: 'default' })
  await createDatabase(server, 'bench')
  await server.close()
  const addresses: ServiceAddresses = {
    broker: services.kafka?.address ?? '',
    clickhouse: { ...address, database: 'bench' },
  }
  const clients = connectServices(addresses)
  await migrate(clients.clickhouse)
  return { dataDir, services, addresses, ...clients }
}

/** Where the services of a measure listen; also for its processes. */
export type ServiceAddresses = { readonly broker: string; readonly clickhouse: ClickHouseOptions }

/** Opens clients of services that run. */
export const connectServices = ({ broker, clickhouse }: ServiceAddresses) => ({
  clickhouse: openClickHouse(clickhouse),
  kafka: createKafkaClient({
    brokers: [broker],
    clientId: 'bench',
    tls: false,
    replicationFactor: 1,
    logger: silentLogger,
  }),
})
