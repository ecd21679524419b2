import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createDurably } from '../../runtime/durable-file.ts'
import { type KeyFileWords, keyBytes, readKeyFile } from '../../runtime/key-file.ts'
import { makeFolder } from '../../runtime/make-folder.ts'

/** Folder of what the dashboard keeps in the engine's data folder. */
export const dashboardFolderOf = (dataDir: string): string => join(dataDir, 'dashboard')

const words: KeyFileWords = {
  what: 'the key of the dashboard',
  code: 'DATA_DIR_UNUSABLE',
  remedy: 'remove the file: the next start makes another, and whoever was signed in signs in again',
  takes: (bytes) => bytes === keyBytes,
}

/** The key under which links and sessions are encrypted; made at the first start, readable by its owner alone. */
export const loadDashboardKey = async (dataDir: string): Promise<Uint8Array> => {
  const folder = dashboardFolderOf(dataDir)
  await makeFolder(folder, 0o700)
  const file = join(folder, 'key')
  // Of two processes that start at once, one makes the key and the other reads it.
  await createDurably(file, Buffer.from(`${randomBytes(keyBytes).toString('base64')}\n`))
  const key = await readKeyFile(file, words)
  if (key === undefined) throw new Error('a key that was just made is gone')
  return key
}
