import { randomUUID } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SetupError, systemCodeOf } from './errors.ts'
import { makeFolder } from './make-folder.ts'

/** Writes a whole file so that it is there, or is not, whatever happens to the machine. */
export type WriteDurably = (path: string, bytes: Uint8Array) => Promise<void>

/** Files that were being written when the process died end in this. */
export const temporarySuffix = '.tmp'

const full = new Set(['ENOSPC', 'EDQUOT'])

/** Turns a full disk into the error that names the folder and the remedy; passes everything else on. */
export const explainFullDisk = (error: unknown, folder: string): unknown =>
  full.has(systemCodeOf(error) ?? '')
    ? new SetupError(
        'DISK_FULL',
        `no space is left under ${folder}`,
        'free space on that disk, or set OSTEOSTREAM_DATA_DIR to another one; nothing was acknowledged',
        { cause: error },
      )
    : error

/** Makes the names in a folder durable: a rename survives a power cut only after this. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeTemporary = async (path: string, bytes: Uint8Array): Promise<void> => {
  const handle = await open(path, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes to a temporary name, forces it to the disk, renames it, and forces the folder to the disk. */
export const writeDurably: WriteDurably = async (path, bytes) => {
  const temporary = `${path}${temporarySuffix}`
  try {
    await writeTemporary(temporary, bytes)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw explainFullDisk(error, dirname(path))
  }
}

/** As `writeDurably`, but never replaces a file: answers false where one is there already. */
export const createDurably = async (path: string, bytes: Uint8Array): Promise<boolean> => {
  await makeFolder(dirname(path), 0o700)
  const temporary = `${path}.${randomUUID()}${temporarySuffix}`
  try {
    await writeTemporary(temporary, bytes)
    await link(temporary, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw explainFullDisk(error, dirname(path))
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Files of one folder that are written together. */
export type WriteAllDurably = (
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
) => Promise<void>

/** As `writeDurably` for each of several files in one folder, which is forced to the disk once; none stays where one fails. */
export const writeAllDurably: WriteAllDurably = async (files) => {
  const [first] = files
  if (first === undefined) return
  const folder = dirname(first.path)
  const written = await Promise.allSettled(
    files.map(({ path, bytes }) => writeTemporary(`${path}${temporarySuffix}`, bytes)),
  )
  try {
    for (const end of written) if (end.status === 'rejected') throw end.reason
    for (const { path } of files) await rename(`${path}${temporarySuffix}`, path)
    await syncFolder(folder)
  } catch (error) {
    for (const { path } of files) {
      await rm(`${path}${temporarySuffix}`, { force: true })
      await rm(path, { force: true })
    }
    throw explainFullDisk(error, folder)
  }
}
