import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { personKeySchema, siteIdSchema } from '../contracts/identifiers.ts'
import { writeDurably } from '../runtime/durable-file.ts'
import { SetupError, systemCodeOf } from '../runtime/errors.ts'

/** Whether films of a person must not leave the clinic. */
export type IsOptedOut = (siteId: string, subjectKey: string) => Promise<boolean>

const listSchema = z.array(personKeySchema)

/** People of a site who opted out, by their keys: the list names nobody. It lies beside the keys of the site. */
const fileOf = (dataDir: string, siteId: string): string =>
  join(dataDir, 'sites', siteIdSchema.parse(siteId), 'opt-out.json')

const readList = async (file: string): Promise<readonly string[]> => {
  try {
    return listSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw new SetupError(
      'FILE_UNREADABLE',
      `the opt-out list ${file} cannot be read`,
      'restore it from its backup: films of people who opted out wait until it can be read',
      { cause: error },
    )
  }
}

/** Adds a person to the list of a site; false where the person stands there already. */
export const optOut = async (dataDir: string, siteId: string, subjectKey: string): Promise<boolean> => {
  const file = fileOf(dataDir, siteId)
  const known = await readList(file)
  if (known.includes(subjectKey)) return false
  await writeDurably(file, Buffer.from(JSON.stringify([...known, subjectKey])))
  return true
}

/**
 * Follows the lists of all sites; whoever is added counts from the next film on. Throws SetupError FILE_UNREADABLE while a
 * list cannot be read: no film of its site may go then.
 */
export const followOptOuts = (dataDir: string): IsOptedOut => {
  const lists = new Map<string, { readonly version: string; readonly keys: ReadonlySet<string> }>()
  return async (siteId, subjectKey) => {
    const file = fileOf(dataDir, siteId)
    const found = await stat(file).catch(() => undefined)
    const version = found === undefined ? 'none' : `${found.ino} ${found.mtimeMs} ${found.size}`
    const known = lists.get(siteId)
    if (known?.version === version) return known.keys.has(subjectKey)
    const keys = new Set(await readList(file))
    lists.set(siteId, { version, keys })
    return keys.has(subjectKey)
  }
}
