import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SetupError, systemCodeOf } from '../runtime/errors.ts'

/** Whether a process of this number lives. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}

const ownerOf = async (file: string): Promise<number | undefined> => {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''))
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined
}

/** Makes this process the owner of a data folder. Throws SetupError DATA_DIR_IN_USE or DATA_DIR_UNUSABLE. */
export const lockDataDir = async (dataDir: string): Promise<() => Promise<void>> => {
  const file = join(dataDir, 'engine.pid')
  try {
    await mkdir(dataDir, { recursive: true })
    const owner = await ownerOf(file)
    if (owner !== undefined && owner !== process.pid)
      throw new SetupError(
        'DATA_DIR_IN_USE',
        `an engine (process ${owner}) already runs on ${dataDir}`,
        'stop it, or choose another folder with --data-dir or OSTEOSTREAM_DATA_DIR',
      )
    await rm(file, { force: true })
    await writeFile(file, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(
      'DATA_DIR_UNUSABLE',
      `the data folder ${dataDir} cannot be used: ${messageOf(error)}`,
      'choose a folder that you can write to with --data-dir or OSTEOSTREAM_DATA_DIR',
      { cause: error },
    )
  }
  return () => rm(file, { force: true })
}
