import { open, readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { SetupError, systemCodeOf } from '../runtime/errors.ts'

/** A file that may hold a film. */
export type FilmFile = { readonly path: string; readonly size: number; readonly modifiedMs: number }

const filmExtensions = new Set(['.dcm', '.dicom', '.ima', '.png', '.jpg', '.jpeg'])
/** Written by transfer programs and systems, never films. */
const otherExtensions = new Set(['.tmp', '.part', '.partial', '.crdownload', '.filepart'])

const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47])
const jpegStart = Buffer.from([0xff, 0xd8, 0xff])

const startOf = async (path: string): Promise<Buffer> => {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(132), 0, 132, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

const startsLikeFilm = async (path: string): Promise<boolean> => {
  const start = await startOf(path)
  return (
    start.subarray(128).equals(Buffer.from('DICM')) ||
    start.subarray(0, 4).equals(pngStart) ||
    start.subarray(0, 3).equals(jpegStart)
  )
}

/**
 * Whether a file in a folder is sent: by its name, or by how it begins. What is neither (a list of labels, a
 * DICOMDIR) is skipped, so that it does not fill the dead letters; a broken film keeps its name and is sent.
 */
export const looksLikeFilm = async (path: string): Promise<boolean> => {
  const name = basename(path)
  if (name.startsWith('.') || name.toUpperCase() === 'DICOMDIR') return false
  const extension = extname(name).toLowerCase()
  if (otherExtensions.has(extension)) return false
  return filmExtensions.has(extension) || startsLikeFilm(path)
}

const fileAt = async (path: string): Promise<FilmFile | undefined> => {
  try {
    const found = await stat(path)
    return found.isFile() ? { path, size: found.size, modifiedMs: found.mtimeMs } : undefined
  } catch (error) {
    // It was moved away since the folder was read.
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Files under a folder in the order of their paths, hidden ones left out; a single file stands for itself. */
export const filesUnder = async (
  path: string,
): Promise<{ readonly files: FilmFile[]; isFolder: boolean }> => {
  try {
    if ((await stat(path)).isFile()) {
      const file = await fileAt(path)
      return { files: file === undefined ? [] : [file], isFolder: false }
    }
    const names = (await readdir(path, { recursive: true, encoding: 'utf8' })).toSorted()
    const visible = names.filter((name) => !name.split('/').some((part) => part.startsWith('.')))
    const files = await Promise.all(visible.map((name) => fileAt(join(path, name))))
    return { files: files.filter((file) => file !== undefined), isFolder: true }
  } catch (error) {
    const code = systemCodeOf(error) ?? ''
    if (!['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code)) throw error
    throw new SetupError(
      'FILE_UNREADABLE',
      `${path} cannot be read (${code})`,
      'name a file or folder that this user may read',
      { cause: error },
    )
  }
}
