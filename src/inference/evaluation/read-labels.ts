import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Sex, type Side, sexSchema } from '../../contracts/film-attributes.ts'
import { type DensityClass, densityClasses, densityClassSchema } from '../../contracts/verdict.ts'
import { messageOf, SetupError } from '../../runtime/errors.ts'
import { classOfSeverity, severityClasses } from '../../statistics/severity/severity-cells.ts'
import { type CsvRecord, parseCsv } from './parse-csv.ts'

/** What is known about one hip of a film. */
export type LabelledHip = {
  /** Path within the folder. */
  readonly file: string
  readonly person: string
  /** Absent where the film shows one hip and nobody wrote down which. */
  readonly side?: Side
  readonly tScore?: number
  readonly densityClass: DensityClass
  readonly age?: number
  readonly sex?: Sex
  readonly clinic?: string
  /** Only where the film is simulated: spread of what it shows about T, of each hip and of all films of a clinic. */
  readonly simulated?: { readonly errorSd: number; readonly clinicSd: number }
}

/** The file that a labelled folder must hold. */
export const labelsFile = 'labels.csv'

const remedy = `one row for each hip in ${labelsFile}, with the header file,person,side,tScore,class,age,sex,clinic`

const unusable = (why: string): SetupError => new SetupError('LABELS_UNUSABLE', why, remedy)

const orAbsent = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((text) => (text === '' ? undefined : text), schema.optional())

const number = z.string().transform(Number).pipe(z.number())

const spread = number.pipe(z.number().min(0).max(5))

/** A path that stays within the folder. */
const fileWithin = z
  .string()
  .min(1)
  .refine(
    (file) => !file.startsWith('/') && !file.split(/[\\/]/).includes('..'),
    'must lie within the folder',
  )

const rowSchema = z.object({
  file: fileWithin,
  person: z.string().min(1),
  side: orAbsent(z.enum(['L', 'R'])),
  tScore: orAbsent(number.pipe(z.number().min(-10).max(10))),
  class: orAbsent(densityClassSchema),
  age: orAbsent(number.pipe(z.number().min(0).max(120))),
  sex: orAbsent(sexSchema),
  clinic: orAbsent(z.string().max(64)),
  simulatedErrorSd: orAbsent(spread),
  simulatedClinicSd: orAbsent(spread),
})
type LabelRow = z.infer<typeof rowSchema>

const classOf = (row: LabelRow, line: number): DensityClass => {
  if (row.tScore === undefined) {
    if (row.class !== undefined) return row.class
    throw unusable(`${labelsFile}, line ${line}: neither tScore nor class`)
  }
  const found = severityClasses[classOfSeverity(row.tScore)]
  if (row.class === undefined || row.class === found) return found
  throw unusable(
    `${labelsFile}, line ${line}: class ${row.class} at a T-score of ${row.tScore}, which is ${found}`,
  )
}

const sides = { L: 'left', R: 'right' } as const

const readHip = ({ values, line }: CsvRecord): LabelledHip => {
  const parsed = rowSchema.safeParse(values)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw unusable(`${labelsFile}, line ${line}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  }
  const { side, class: _, simulatedErrorSd: errorSd, simulatedClinicSd: clinicSd = 0, ...row } = parsed.data
  const known = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
  return {
    ...known,
    file: row.file,
    person: row.person,
    densityClass: classOf(parsed.data, line),
    ...(side === undefined ? {} : { side: sides[side] }),
    ...(errorSd === undefined ? {} : { simulated: { errorSd, clinicSd } }),
  }
}

/** One film belongs to one person and has each hip once; a film with two hips names their sides. */
const refuseContradictions = (hips: readonly LabelledHip[]): void => {
  for (const [file, own] of Map.groupBy(hips, (hip) => hip.file)) {
    const named = new Set(own.map((hip) => hip.side))
    if (new Set(own.map((hip) => hip.person)).size > 1) throw unusable(`${file} belongs to two persons`)
    if (own.length > 1 && (named.size < own.length || named.has(undefined)))
      throw unusable(`${file} has ${own.length} rows that do not name different sides`)
  }
}

/**
 * Reads the labels of a folder: `tScore` or `class` for each hip, other columns as far as known, further ones ignored.
 * Throws SetupError LABELS_UNUSABLE with the line at fault.
 */
export const readLabels = async (folder: string): Promise<readonly LabelledHip[]> => {
  const text = await readFile(join(folder, labelsFile), 'utf8').catch((error: unknown) => {
    throw unusable(`${join(folder, labelsFile)} cannot be read: ${messageOf(error)}`)
  })
  let records: readonly CsvRecord[]
  try {
    records = parseCsv(text)
  } catch (error) {
    throw unusable(`${labelsFile}, ${messageOf(error)}`)
  }
  const hips = records.map(readHip)
  refuseContradictions(hips)
  return hips
}

/** Refuses labels that cannot make a table: a class of which there is no hip has no sensitivity. */
export const refuseMissingClass = (hips: readonly Pick<LabelledHip, 'densityClass'>[], of: string): void => {
  const missing = densityClasses.filter((name) => !hips.some((hip) => hip.densityClass === name))
  if (missing.length === 0) return
  throw new SetupError(
    'CLASS_MISSING',
    `no hip with ${missing.join(' and no hip with ')} among ${hips.length} ${of}`,
    'evaluate on a folder with hips of all three classes',
  )
}

/** Refuses a set that shares persons with another: what a model learned from a person it knows of both hips. */
export const refuseSharedPersons = (
  hips: readonly LabelledHip[],
  others: readonly LabelledHip[],
  otherFolder: string,
): void => {
  const known = new Set(others.map((hip) => hip.person))
  const shared = [...new Set(hips.map((hip) => hip.person))].filter((person) => known.has(person)).toSorted()
  if (shared.length === 0) return
  throw new SetupError(
    'PERSON_IN_BOTH_SETS',
    `${shared.length} persons are in both sets (first: ${shared[0]}), the other one is ${otherFolder}`,
    'take these persons out of one of the sets',
  )
}
