import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { decodePicture } from '../../imaging/codecs/sharp-codec.ts'
import type { RawReading } from '../classifiers/decide.ts'
import type { ClassifierManifest } from './model-manifest.ts'

/** Crops beneath each other, and what training's own runtime said of them: both belong to the package. */
export const parityFiles = { crops: 'parity.png', readings: 'parity.json' } as const

/** How films may be encoded; the crops of a parity file come from films of every kind. */
export const filmEncodings = [
  'explicitLittleEndian',
  'implicitLittleEndian',
  'explicitBigEndian',
  'deflatedLittleEndian',
  'rle',
  'jpegLossless',
  'jpegLs',
  'jpeg2000',
  'htJpeg2000',
  'jpeg2000Lossy',
  'png',
  'jpeg',
] as const
export type FilmEncoding = (typeof filmEncodings)[number]

const paritySchema = z.object({
  version: z.literal(1),
  /** Draws the films; the crops are kept as they are, so that a later simulator or finder does not matter. */
  seed: z.int(),
  finder: z.string(),
  crops: z
    .array(
      z.object({
        film: z.int().nonnegative(),
        encoding: z.enum(filmEncodings),
        side: z.enum(['left', 'right', 'unknown']),
      }),
    )
    .min(1),
  /** Before the temperature. */
  logits: z.array(z.tuple([z.number(), z.number(), z.number()])),
  tScore: z.array(z.number()).optional(),
  /** Runtime, precision and processor. */
  made: z.string().min(1),
})
type Parity = z.infer<typeof paritySchema>

/** Largest difference of a logit or T-score between training's runtime and this one. */
const parityLimit = 1e-3

/** What a package keeps; throws where it cannot be read. */
export const readParity = async (folder: string): Promise<Parity> =>
  paritySchema.parse(JSON.parse(await readFile(join(folder, parityFiles.readings), 'utf8')))

const readCrops = async (folder: string, size: number, count: number): Promise<readonly Uint8Array[]> => {
  const strip = await decodePicture(await readFile(join(folder, parityFiles.crops)), 8)
  if (strip.kind !== 'ok') throw new Error(`${parityFiles.crops}: ${strip.detail}`)
  const { rows, columns, values } = strip.value
  if (columns !== size || rows !== size * count)
    throw new Error(`${parityFiles.crops} is ${columns} × ${rows}, not ${size} × ${size * count}`)
  const pixels = size * size
  return Array.from({ length: count }, (_, at) =>
    Uint8Array.from(values.subarray(at * pixels, (at + 1) * pixels)),
  )
}

/** Differences of one reading from what training recorded; a number that is missing differs without end. */
const differenceOf = ({ logits, tScore }: Parity, at: number, reading: RawReading): number => {
  const told = [...reading.logits, ...(tScore === undefined ? [] : [reading.tScore ?? Number.NaN])]
  const kept = [...(logits[at] ?? []), ...(tScore === undefined ? [] : [tScore[at] ?? Number.NaN])]
  const differences = told.map((value, place) => Math.abs(value - (kept[place] ?? Number.NaN)))
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...differences)
}

/** How far this machine's readings are from those of training, over the crops that the package keeps. */
type ParityFinding = { readonly crops: number; readonly largestDifference: number; readonly made: string }

/** Whether a package brings what training's runtime said. */
export const hasParity = ({ files }: Pick<ClassifierManifest, 'files'>): boolean =>
  parityFiles.crops in files && parityFiles.readings in files

/** Reads the crops that a package keeps, one by one, and compares with what training's runtime said of them. */
export const measureParity = async (
  folder: string,
  { input }: Pick<ClassifierManifest, 'input'>,
  read: (crop: Uint8Array) => Promise<RawReading>,
): Promise<ParityFinding> => {
  const parity = await readParity(folder)
  let largestDifference = 0
  for (const [at, crop] of (await readCrops(folder, input.size, parity.crops.length)).entries())
    largestDifference = Math.max(largestDifference, differenceOf(parity, at, await read(crop)))
  return { crops: parity.crops.length, largestDifference, made: parity.made }
}

/** What is wrong with the readings on this machine, or nothing. */
export const parityFault = ({ largestDifference, made }: ParityFinding): string | undefined =>
  largestDifference <= parityLimit
    ? undefined
    : `its readings differ from those of ${made} by up to ${largestDifference.toPrecision(2)}`
