import { realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { messageOf, SetupError, systemCodeOf } from '../runtime/errors.ts'
import { makeFolder } from '../runtime/make-folder.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { readTextIfThere } from './kept-file.ts'

/** Linux knows sockets that are a name and no file: the kernel gives one name once, and frees it with its process. */
const nameOf = (folder: string): string => `\0osteostream-${sha256Of(folder)}`

const hold = (name: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((client) => client.destroy())
    server.once('error', reject)
    server.listen(name, () => resolve(server.unref()))
  })

const inUse = async (dataDir: string, file: string, cause: unknown): Promise<SetupError> =>
  new SetupError(
    'DATA_DIR_IN_USE',
    `an engine (process ${(await readTextIfThere(file)) ?? 'unknown'}) already runs on ${dataDir}`,
    'stop it, or choose another folder with --data-dir or OSTEOSTREAM_DATA_DIR',
    { cause },
  )

const lock = async (dataDir: string, file: string): Promise<Server> => {
  await makeFolder(dataDir)
  const server = await hold(nameOf(await realpath(dataDir)))
  await writeFile(file, String(process.pid))
  return server
}

/**
 * Makes this process the one owner of a data folder; answers how to give it back. An owner that dies, however it
 * dies, has given it back. Throws SetupError DATA_DIR_IN_USE or DATA_DIR_UNUSABLE.
 */
export const lockDataDir = async (dataDir: string): Promise<() => Promise<void>> => {
  const file = join(dataDir, 'engine.pid')
  const server = await lock(dataDir, file).catch(async (error: unknown) => {
    if (systemCodeOf(error) === 'EADDRINUSE') throw await inUse(dataDir, file, error)
    throw new SetupError(
      'DATA_DIR_UNUSABLE',
      `the data folder ${dataDir} cannot be used: ${messageOf(error)}`,
      'choose a folder that you can write to with --data-dir or OSTEOSTREAM_DATA_DIR',
      { cause: error },
    )
  })
  return async () => {
    await rm(file, { force: true })
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}
