import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLogger } from '../../src/runtime/logger.ts'
import { createClinicStream } from '../../src/simulation/clinics/create-clinic-stream.ts'

/** Writes hip films of simulated clinics into a folder and answers their paths; a seed gives the same films. */
export const writeSimulatedFilms = async (folder: string, films: number, seed: number): Promise<string[]> => {
  await mkdir(folder, { recursive: true })
  const stream = createClinicStream({
    clinics: 2,
    regions: 1,
    studies: films * 2,
    seed,
    until: new Date('2026-03-28T00:00:00.000Z'),
    filmSize: 640,
    workers: 1,
    logger: silentLogger,
  })
  const paths: string[] = []
  for await (const { index, kind, bytes } of stream) {
    if (kind !== 'film') continue
    const path = join(folder, `${index}.dcm`)
    await writeFile(path, bytes)
    paths.push(path)
    if (paths.length === films) break
  }
  return paths
}
