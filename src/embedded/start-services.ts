import type { Logger } from '../runtime/logger.ts'
import { lockDataDir } from './data-dir-lock.ts'
import { requireMachine } from './preflight.ts'
import type { EmbeddedService } from './service.ts'
import { announceServices, withdrawServices } from './services-file.ts'
import { startEmbeddedClickHouse } from './start-clickhouse.ts'
import { startEmbeddedKafka } from './start-kafka.ts'

export type EmbeddedServices = {
  readonly kafka: EmbeddedService | undefined
  readonly clickhouse: EmbeddedService | undefined
  readonly stop: () => Promise<void>
}

export type StartServicesOptions = {
  readonly dataDir: string
  readonly cacheDir: string
  readonly kafka: boolean
  readonly clickhouse: boolean
  readonly kafkaPort?: number | undefined
  /** `host:port` of a proxy that leads to the broker: clients that ask the broker are sent there. */
  readonly kafkaAdvertised?: string | undefined
  readonly clickhousePort?: number | undefined
  readonly logger: Logger
  readonly onProgress: (message: string) => void
  /** Told when a service does not stay up, however often it is started again. */
  readonly onGiveUp: (error: Error) => void
}

/** Stops every service, also past one that fails, and then throws what failed. */
const stopAll = async (services: readonly EmbeddedService[]): Promise<void> => {
  const ends = await Promise.allSettled(services.map((service) => service.stop()))
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  if (failures.length > 0) throw new AggregateError(failures, 'some services failed to stop')
}

/** Starts both side by side and puts into `started` what there is to stop, also where one of them fails. */
const startBoth = async (options: StartServicesOptions, started: EmbeddedService[]) => {
  const keep = async (starting: Promise<EmbeddedService>): Promise<EmbeddedService> => {
    const service = await starting
    started.push(service)
    return service
  }
  const { kafkaPort, kafkaAdvertised, clickhousePort } = options
  const kafka = options.kafka
    ? keep(startEmbeddedKafka({ ...options, port: kafkaPort, advertised: kafkaAdvertised }))
    : undefined
  const clickhouse = options.clickhouse
    ? keep(startEmbeddedClickHouse({ ...options, port: clickhousePort }))
    : undefined
  // Nothing may still be starting when an error is told.
  await Promise.allSettled([kafka, clickhouse])
  return { kafka: await kafka, clickhouse: await clickhouse }
}

/**
 * Starts the services that are asked for, side by side, and writes down where they are. Throws SetupError for
 * whatever is missing on this machine, and DATA_DIR_IN_USE where another engine has the data folder.
 */
export const startEmbeddedServices = async (options: StartServicesOptions): Promise<EmbeddedServices> => {
  await requireMachine(options)
  const unlock = await lockDataDir(options.dataDir)
  const started: EmbeddedService[] = []
  const end = async (): Promise<void> => {
    await withdrawServices(options.dataDir)
    await stopAll(started)
    // Only a folder whose services have ended may have another owner.
    await unlock()
  }
  let ended: Promise<void> | undefined
  // Once only: by a second call another engine may own the folder and what is written there.
  const stop = (): Promise<void> => (ended ??= end())
  try {
    const services = await startBoth(options, started)
    await announceServices(options.dataDir, services)
    return { ...services, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
