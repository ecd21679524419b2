import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const progressSchema = z.object({
  /** Which stream it belongs to. */
  stream: z.string(),
  /** How many deliveries have been sent. */
  sent: z.int().nonnegative(),
  /** The last instant of the simulated period: it is chosen once, so that films keep their bytes. */
  until: z.iso.datetime(),
})
export type DemoProgress = z.infer<typeof progressSchema>

const fileOf = (dataDir: string): string => join(dataDir, 'demo.json')

/** How far the stream of these options has come on a data folder. */
export const readDemoProgress = async (
  dataDir: string,
  options: { clinics: number; regions: number; studies: number; seed: number },
): Promise<DemoProgress> => {
  const { clinics, regions, studies, seed } = options
  const stream = createHash('sha256')
    .update(JSON.stringify([clinics, regions, studies, seed]))
    .digest('hex')
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined)
  const before = text === undefined ? undefined : progressSchema.safeParse(JSON.parse(text)).data
  if (before?.stream === stream && before.sent < studies) return before
  const today = new Date().toISOString().slice(0, 10)
  return { stream, sent: 0, until: `${today}T00:00:00.000Z` }
}

let writing = Promise.resolve()

/** Writes it down, one after the other. */
export const writeDemoProgress = (dataDir: string, progress: DemoProgress): Promise<void> => {
  writing = writing.then(async () => {
    await writeFile(`${fileOf(dataDir)}.new`, JSON.stringify(progress))
    await rename(`${fileOf(dataDir)}.new`, fileOf(dataDir))
  })
  return writing
}
