import { readFile, writeFile } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { filmAttributesSchema } from '../../contracts/film-attributes.ts'
import { sha256Schema } from '../../contracts/identifiers.ts'
import { rejectionReasonSchema } from '../../contracts/reasons.ts'
import {
  finderIdentitySchema,
  imageStatisticsSchema,
  modelIdentitySchema,
  readingSchema,
} from '../../contracts/verdict.ts'
import { imagingConditions } from './history-film.ts'

/** What a model said of the hip that votes: the fields of a reading without what depends on the engine that asks. */
const saidSchema = readingSchema.pick({
  probabilities: true,
  densityClass: true,
  severity: true,
  tScore: true,
})

/** A simulated film that was read once: the truth about it, and what the engine said. */
export const libraryFilmSchema = z.object({
  index: z.int().nonnegative(),
  film: sha256Schema,
  condition: z.enum(imagingConditions),
  /** Of the hip that votes, or of the left one (else the right) where none does. */
  tScore: z.number(),
  age: z.int(),
  sex: z.enum(['F', 'M']),
  /** What the header says of the exposure and the device; nothing of the person. */
  attributes: filmAttributesSchema,
  outcome: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('finding'),
      eligible: z.boolean(),
      statistics: imageStatisticsSchema,
      /** In the order of the library's models. */
      readings: z.array(saidSchema).min(1),
    }),
    z.object({ kind: z.literal('rejected'), reason: rejectionReasonSchema }),
  ]),
})
export type LibraryFilm = z.infer<typeof libraryFilmSchema>

/** Films that were read once, with what read them. */
export const readingLibrarySchema = z.object({
  format: z.literal(1),
  /** Of the films: no card and no training uses it. */
  seed: z.int(),
  filmSize: z.int().positive(),
  models: z.array(modelIdentitySchema).min(1),
  finder: finderIdentitySchema,
  films: z.array(libraryFilmSchema).min(1),
})
export type ReadingLibrary = z.infer<typeof readingLibrarySchema>

/** The library that the repository holds: `npm run history:readings` makes it. */
export const shippedLibrary: URL = new URL('./readings.json.gz', import.meta.url)

/** Reads a library. */
export const readLibrary = async (file: URL | string = shippedLibrary): Promise<ReadingLibrary> =>
  readingLibrarySchema.parse(JSON.parse(gunzipSync(await readFile(file)).toString('utf8')))

/** Writes a library; the same films give the same bytes. Answers how many there are. */
export const writeLibrary = async (file: URL | string, library: ReadingLibrary): Promise<number> => {
  const bytes = gzipSync(JSON.stringify(readingLibrarySchema.parse(library)), { level: 9 })
  await writeFile(file, bytes)
  return bytes.length
}
