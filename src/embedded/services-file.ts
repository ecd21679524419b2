import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isProcessAlive, thisProcessId } from '../runtime/process-id.ts'
import { readTextIfThere, replaceFile } from './kept-file.ts'
import type { EmbeddedService } from './service.ts'

const entrySchema = z.object({
  address: z.string(),
  version: z.string(),
  credentials: z.object({ username: z.string(), password: z.string() }).optional(),
})
const fileSchema = z.object({
  owner: z.string(),
  kafka: entrySchema.optional(),
  clickhouse: entrySchema.optional(),
})

/** Where running services are: what other commands need to find them. */
export type RunningServices = Pick<z.infer<typeof fileSchema>, 'kafka' | 'clickhouse'>

const fileOf = (dataDir: string): string => join(dataDir, 'services.json')

const entryOf = (service: EmbeddedService | undefined) =>
  service && { address: service.address, version: service.version, credentials: service.credentials }

type Services = {
  readonly kafka: EmbeddedService | undefined
  readonly clickhouse: EmbeddedService | undefined
}

/** Writes down where this process's services are, readable by this user only. */
export const announceServices = (dataDir: string, { kafka, clickhouse }: Services): Promise<void> => {
  const content = { owner: thisProcessId(), kafka: entryOf(kafka), clickhouse: entryOf(clickhouse) }
  return replaceFile(fileOf(dataDir), JSON.stringify(content, null, 2))
}

/** Takes back what `announceServices` wrote. */
export const withdrawServices = (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true })

/**
 * The services of the engine that runs on a data folder; undefined where none does. While the engine lives its
 * services keep their addresses, also when one is down at the moment: whoever asks waits for it as for any other.
 */
export const findRunningServices = async (dataDir: string): Promise<RunningServices | undefined> => {
  const text = await readTextIfThere(fileOf(dataDir))
  if (text === undefined) return undefined
  // A version of long ago, whose engine was killed, may have left a file of another form.
  const found = fileSchema.safeParse(JSON.parse(text)).data
  return found !== undefined && isProcessAlive(found.owner) ? found : undefined
}
