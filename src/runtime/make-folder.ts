import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCodeOf } from './errors.ts'

/** Makes one folder; answers false where none can be made because the one above it is not there. */
const makeOne = async (path: string, mode: number): Promise<boolean> => {
  try {
    await mkdir(path, { mode })
    return true
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return true
    if (code === 'ENOENT') return false
    throw error
  }
}

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` never ends where a parent is there and
 * can hold nothing: under /proc, or behind a link that leads nowhere. Throws the system's error.
 */
export const makeFolder = async (path: string, mode = 0o777): Promise<void> => {
  if (await makeOne(path, mode)) return
  if (dirname(path) !== path) await makeFolder(dirname(path), mode)
  // What is missing now stays missing.
  await mkdir(path, { mode }).catch(async (error: unknown) => {
    if (systemCodeOf(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
  })
}
