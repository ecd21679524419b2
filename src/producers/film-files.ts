import type { Dirent, Stats } from 'node:fs'
import { lstat, open, readdir, stat } from 'node:fs/promises'
import { basename, extname, sep } from 'node:path'
import { looksLikeDataset } from '../imaging/dicom/parse-dicom.ts'
import { SetupError, systemCodeOf } from '../runtime/errors.ts'

/** How a file is opened: as bytes, for names need not be text. */
export type FilePlace = string | Buffer

/** A file that may hold a film. */
export type FilmFile = {
  /** For people; what of a name is no text is shown by a sign. */
  readonly path: string
  readonly place: FilePlace
  readonly size: number
  readonly modifiedMs: number
}

/** An entry of a folder that is not sent, and why; `unreadable` is one that a person may want to mend. */
export type OtherEntry = {
  readonly path: string
  readonly kind: 'skipped' | 'unreadable'
  readonly detail: string
}

/** What stands under a path: every entry is in one of the two lists. */
export type FolderListing = {
  readonly files: readonly FilmFile[]
  readonly others: readonly OtherEntry[]
  readonly isFolder: boolean
}

const filmExtensions = new Set(['.dcm', '.dicom', '.ima', '.png', '.jpg', '.jpeg'])
/** Written by transfer programs and systems, never films. */
const otherExtensions = new Set(['.tmp', '.part', '.partial', '.crdownload', '.filepart'])

const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47])
const jpegStart = Buffer.from([0xff, 0xd8, 0xff])

const startOf = async (place: FilePlace): Promise<Buffer> => {
  const handle = await open(place, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(132), 0, 132, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

const startsLikeFilm = async (place: FilePlace): Promise<boolean> => {
  const start = await startOf(place)
  return (
    start.subarray(128).equals(Buffer.from('DICM')) ||
    start.subarray(0, 4).equals(pngStart) ||
    start.subarray(0, 3).equals(jpegStart) ||
    looksLikeDataset(start)
  )
}

/**
 * Whether a file in a folder is sent: by its name, or by how it begins. What is neither (a list of labels, a
 * DICOMDIR) is skipped, so that it does not fill the dead letters; a broken film keeps its name and is sent.
 */
export const looksLikeFilm = async ({ path, place }: Pick<FilmFile, 'path' | 'place'>): Promise<boolean> => {
  const name = basename(path)
  if (name.toUpperCase() === 'DICOMDIR') return false
  const extension = extname(name).toLowerCase()
  if (otherExtensions.has(extension)) return false
  return filmExtensions.has(extension) || startsLikeFilm(place)
}

const joined = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, Buffer.from(sep), name])

const whyOf = (code: string | undefined): string => {
  if (code === 'ELOOP') return 'a link that leads in a circle'
  if (code === 'EACCES' || code === 'EPERM') return `this user may not read it (${code})`
  return `cannot be read (${code ?? 'unknown'})`
}

type Walk = { files: FilmFile[]; others: OtherEntry[]; readonly seen: Set<string> }

const idOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`

/** A file or folder that is gone since its folder was read is no entry any more; a link to nothing is one. */
const noteMissing = async (walk: Walk, place: Buffer): Promise<void> => {
  const isLink = await lstat(place).then(
    (found) => found.isSymbolicLink(),
    () => false,
  )
  if (isLink)
    walk.others.push({ path: place.toString(), kind: 'unreadable', detail: 'a link that leads nowhere' })
}

const walkEntry = async (walk: Walk, place: Buffer): Promise<void> => {
  const path = place.toString()
  try {
    const found = await stat(place)
    if (found.isFile()) walk.files.push({ path, place, size: found.size, modifiedMs: found.mtimeMs })
    else if (found.isDirectory()) await walkFolder(walk, place, found)
    else walk.others.push({ path, kind: 'skipped', detail: 'no file (a pipe, a socket or a device)' })
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === undefined) throw error
    if (code === 'ENOENT') await noteMissing(walk, place)
    else walk.others.push({ path, kind: 'unreadable', detail: whyOf(code) })
  }
}

const isHidden = ({ name }: Dirent<Buffer>): boolean => name[0] === '.'.charCodeAt(0)

/** Reads a folder once, however many links lead to it. */
const walkFolder = async (walk: Walk, place: Buffer, found: Stats): Promise<void> => {
  if (walk.seen.has(idOf(found))) {
    walk.others.push({
      path: place.toString(),
      kind: 'skipped',
      detail: 'a link to a folder that is read already',
    })
    return
  }
  walk.seen.add(idOf(found))
  const entries = await readdir(place, { withFileTypes: true, encoding: 'buffer' })
  for (const entry of entries.toSorted((one, other) => Buffer.compare(one.name, other.name))) {
    const inside = joined(place, entry.name)
    if (isHidden(entry)) walk.others.push({ path: inside.toString(), kind: 'skipped', detail: 'hidden' })
    else await walkEntry(walk, inside)
  }
}

/** Everything under a folder in the order of the paths; a single file stands for itself. */
export const filesUnder = async (path: string): Promise<FolderListing> => {
  const walk: Walk = { files: [], others: [], seen: new Set() }
  try {
    const found = await stat(path)
    if (found.isFile()) {
      const file = { path, place: path, size: found.size, modifiedMs: found.mtimeMs }
      return { files: [file], others: [], isFolder: false }
    }
    await walkFolder(walk, Buffer.from(path), found)
    return { files: walk.files, others: walk.others, isFolder: true }
  } catch (error) {
    const code = systemCodeOf(error) ?? ''
    if (!['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'ELOOP'].includes(code)) throw error
    throw new SetupError(
      'FILE_UNREADABLE',
      `${path} cannot be read (${code})`,
      'name a file or folder that this user may read',
      { cause: error },
    )
  }
}
