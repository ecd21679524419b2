import { readFile, stat } from 'node:fs/promises'
import { messageOf, SetupError, systemCodeOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type ClinicEntry, clinicsSchema } from './clinic-registry.ts'

/** The clinics as they stand now. */
export type ReadClinics = () => Promise<readonly ClinicEntry[]>

const unusable = (file: string, why: string, cause?: unknown): SetupError =>
  new SetupError(
    'FILE_UNREADABLE',
    `${file} is not a list of clinics: ${why}`,
    'mend it, or write it with `npm start -- gateway clinics add`; OSTEOSTREAM_GATEWAY_CLINICS names another one',
    { cause },
  )

/** Reads the file of the clinics; undefined where there is none. Throws SetupError FILE_UNREADABLE. */
export const readClinicsFile = async (file: string): Promise<readonly ClinicEntry[] | undefined> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw unusable(file, messageOf(error), error)
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw unusable(file, messageOf(error), error)
  }
  const parsed = clinicsSchema.safeParse(content)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw unusable(file, faults.join('; '))
}

/**
 * Follows the file of the clinics: a clinic that comes or goes counts from its next connection on. While the file cannot be
 * read, the last one that could be holds. `fallback` stands where there is no file.
 */
export const followClinicsFile = async (options: {
  readonly file: string
  readonly fallback: readonly ClinicEntry[]
  readonly logger: Logger
}): Promise<ReadClinics> => {
  const { file, fallback, logger } = options
  const versionOf = async (): Promise<string> => {
    const found = await stat(file).catch(() => undefined)
    return found === undefined ? 'none' : `${found.ino} ${found.mtimeMs} ${found.size}`
  }
  let version = await versionOf()
  let clinics = (await readClinicsFile(file)) ?? fallback
  return async () => {
    const now = await versionOf()
    if (now === version) return clinics
    version = now
    try {
      clinics = (await readClinicsFile(file)) ?? fallback
      logger.info({ clinics: clinics.length }, 'clinics read again')
    } catch (error) {
      if (!(error instanceof SetupError)) throw error
      logger.error(
        { error: error.message, runbook: 'docs/gateway.md' },
        'clinics cannot be read, the former ones hold',
      )
    }
    return clinics
  }
}
