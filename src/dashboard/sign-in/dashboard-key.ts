import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCodeOf } from '../../runtime/errors.ts'

/** Folder of what the dashboard keeps in the engine's data folder. */
export const dashboardFolderOf = (dataDir: string): string => join(dataDir, 'dashboard')

/** The key under which links and sessions are encrypted; made at the first start, readable by its owner alone. */
export const loadDashboardKey = async (dataDir: string): Promise<Uint8Array> => {
  const folder = dashboardFolderOf(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'key')
  try {
    // 'wx': of two processes that start at once, one makes the key and the other reads it.
    await writeFile(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error
  }
  return new Uint8Array(Buffer.from(await readFile(path, 'utf8'), 'base64'))
}
