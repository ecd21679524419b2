import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { readIfThere } from '../runtime/read-if-there.ts'

/** Writes a file that is either the old one or the new one whenever somebody looks; `mode` as in chmod. */
export const replaceFile = async (path: string, text: string, mode = 0o600): Promise<void> => {
  const fresh = `${path}.${randomUUID()}.new`
  try {
    await writeFile(fresh, text, { mode, flush: true })
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}

/** The text of a file, or undefined where there is none. */
export const readTextIfThere = async (path: string): Promise<string | undefined> =>
  (await readIfThere(path))?.toString('utf8')
