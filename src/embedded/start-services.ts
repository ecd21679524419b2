import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Logger } from '../runtime/logger.ts'
import { isAlive, lockDataDir } from './data-dir-lock.ts'
import { requireMachine } from './preflight.ts'
import type { EmbeddedService } from './service.ts'
import { startEmbeddedClickHouse } from './start-clickhouse.ts'
import { startEmbeddedKafka } from './start-kafka.ts'

const entrySchema = z.object({
  address: z.string(),
  version: z.string(),
  credentials: z.object({ username: z.string(), password: z.string() }).optional(),
})
const fileSchema = z.object({
  ownerPid: z.int(),
  kafka: entrySchema.optional(),
  clickhouse: entrySchema.optional(),
})

/** Where running services are: what other commands need to find them. */
export type RunningServices = {
  readonly kafka?: z.infer<typeof entrySchema> | undefined
  readonly clickhouse?: z.infer<typeof entrySchema> | undefined
}

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
  readonly logger: Logger
  readonly onProgress: (message: string) => void
}

const fileOf = (dataDir: string): string => join(dataDir, 'services.json')

const entryOf = ({ address, version, credentials }: EmbeddedService) => ({
  address,
  version,
  ...(credentials === undefined ? {} : { credentials }),
})

const announce = async (dataDir: string, services: Omit<EmbeddedServices, 'stop'>): Promise<void> => {
  const content = {
    ownerPid: process.pid,
    ...(services.kafka === undefined ? {} : { kafka: entryOf(services.kafka) }),
    ...(services.clickhouse === undefined ? {} : { clickhouse: entryOf(services.clickhouse) }),
  }
  const fresh = `${fileOf(dataDir)}.new`
  await writeFile(fresh, JSON.stringify(content, null, 2), { mode: 0o600 })
  await rename(fresh, fileOf(dataDir))
}

/** The services of the engine that runs on a data folder; undefined where none does. */
export const findRunningServices = async (dataDir: string): Promise<RunningServices | undefined> => {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = fileSchema.safeParse(JSON.parse(text))
  return parsed.success && isAlive(parsed.data.ownerPid) ? parsed.data : undefined
}

/**
 * Starts the services that are asked for, side by side, and writes down where they are. Throws SetupError for
 * whatever is missing on this machine.
 */
export const startEmbeddedServices = async (options: StartServicesOptions): Promise<EmbeddedServices> => {
  const unlock = await lockDataDir(options.dataDir)
  const started: EmbeddedService[] = []
  const keep = async (starting: Promise<EmbeddedService>): Promise<EmbeddedService> => {
    const service = await starting
    started.push(service)
    return service
  }
  const stop = async (): Promise<void> => {
    await rm(fileOf(options.dataDir), { force: true })
    await Promise.all(started.map((service) => service.stop()))
    await unlock()
  }
  try {
    await requireMachine(options)
    const [kafka, clickhouse] = await allOrFirstError([
      options.kafka ? keep(startEmbeddedKafka(options)) : undefined,
      options.clickhouse ? keep(startEmbeddedClickHouse(options)) : undefined,
    ])
    await announce(options.dataDir, { kafka, clickhouse })
    return { kafka, clickhouse, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits for both, so that nothing is still starting when the error is told. */
const allOrFirstError = async <Value>(work: [Promise<Value> | undefined, Promise<Value> | undefined]) => {
  const settle = async (starting: Promise<Value> | undefined) =>
    starting?.then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    )
  const [first, second] = await Promise.all([settle(work[0]), settle(work[1])])
  const error = first?.error ?? second?.error
  if (error !== undefined) throw error
  return [first?.value, second?.value] as const
}
