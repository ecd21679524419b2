import { readFile } from 'node:fs/promises'
import { systemCodeOf } from './errors.ts'

/** What a file holds; undefined where there is none. */
export const readIfThere = async (file: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(file)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
