import { randomUUID } from 'node:crypto'
import { access, readdir, rename, rmdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { syncFolder, temporarySuffix } from '../runtime/durable-file.ts'
import { systemCodeOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { makeFolder } from '../runtime/make-folder.ts'
import { readIfThere } from '../runtime/read-if-there.ts'
import type { SpoolOwner } from './spool-owner.ts'
import { sequencesFolder } from './spool-sequence.ts'

/** An entry of the spool: the path of its two files without their suffixes. */
export type SpoolHandle = string

export const filmSuffix = '.film'
export const sideSuffix = '.json'

/** The folder of what could not be used. */
export const asideFolder = 'aside'

/** A folder of an owner: its id, and a name of its own where it was taken over from an owner that died. */
const ownerOf = (name: string): string => name.split('.')[0] ?? name

const foldersIn = async (root: string): Promise<string[]> =>
  (await readdir(root, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name !== asideFolder && entry.name !== sequencesFolder)
    .map((entry) => entry.name)

const takeOver = async (root: string, name: string, owner: SpoolOwner): Promise<string | undefined> => {
  // Never a name that is there: a folder that is moved onto an empty one replaces it.
  const mine = `${owner.id}.${randomUUID()}`
  try {
    await rename(join(root, name), join(root, mine))
    return mine
  } catch (error) {
    // Another process was faster; what it took is its own.
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the folders of the spool that are this owner's: its own, and those of owners that have died. */
const claimFolders = async (root: string, owner: SpoolOwner): Promise<string[]> => {
  await makeFolder(join(root, owner.id), 0o700)
  const claimed: string[] = []
  for (const name of await foldersIn(root)) {
    if (ownerOf(name) === owner.id) claimed.push(name)
    else if (!owner.isAlive(ownerOf(name))) claimed.push((await takeOver(root, name, owner)) ?? '')
  }
  return claimed.filter((name) => name !== '').map((name) => join(root, name))
}

/** Puts files that cannot be used out of the way, where a person can look at them. */
export const setAside = async (
  root: string,
  files: readonly string[],
  why: string,
  logger: Logger,
): Promise<void> => {
  const aside = join(root, asideFolder)
  await makeFolder(aside, 0o700)
  for (const file of files) {
    try {
      await rename(file, join(aside, basename(file)))
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error
    }
  }
  await syncFolder(aside)
  logger.warn(
    { entry: basename(files[0] ?? ''), why, runbook: 'docs/runbook/spool.md' },
    'spool entry set aside',
  )
}

/** Side files below a folder. Throws the system's error where the folder itself is not there. */
const sidesBelow = async (folder: string): Promise<string[]> => {
  for (;;) {
    try {
      return (await readdir(folder, { recursive: true })).filter(
        (name) => name.endsWith(sideSuffix) && !name.startsWith(sequencesFolder),
      )
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error
      // Another process took a folder away in the middle of the list.
      await access(folder)
    }
  }
}

/**
 * The side files of all entries, whosever they are, by their paths within the folder. An entry that goes while this looks
 * may only have moved with the folder of a dead owner: the list is read again until every entry on it was there. What is
 * listed again and cannot be read again is a link that leads nowhere, and no entry.
 */
export const readSides = async (folder: string): Promise<ReadonlyMap<string, Buffer>> => {
  const read = new Map<string, Buffer>()
  const gone = new Set<string>()
  for (let isWhole = false; !isWhole; ) {
    isWhole = true
    for (const name of await sidesBelow(folder)) {
      if (read.has(name) || gone.has(name)) continue
      const side = await readIfThere(join(folder, name))
      if (side !== undefined) read.set(name, side)
      else {
        gone.add(name)
        isWhole = false
      }
    }
  }
  return read
}

const bareName = (name: string, suffix: string): string => name.slice(0, -suffix.length)

/** Complete entries of a folder. What was half written when its process died is set aside. */
const entriesIn = async (
  root: string,
  folder: string,
  inHand: ReadonlySet<SpoolHandle>,
  logger: Logger,
): Promise<SpoolHandle[]> => {
  const names = await readdir(folder)
  const complete = new Set(
    names.filter((name) => name.endsWith(sideSuffix)).map((name) => bareName(name, sideSuffix)),
  )
  for (const name of names) {
    const bare = bareName(
      name.replace(temporarySuffix, ''),
      name.includes(sideSuffix) ? sideSuffix : filmSuffix,
    )
    const isHalf = name.endsWith(temporarySuffix) || (name.endsWith(filmSuffix) && !complete.has(bare))
    if (isHalf && !inHand.has(join(folder, bare)))
      await setAside(
        root,
        [join(folder, name)],
        'half written, or half removed after its publication',
        logger,
      )
  }
  return [...complete].map((name) => join(folder, name)).filter((handle) => !inHand.has(handle))
}

/** Removes a folder that was taken over, once nothing is left in it. */
export const dropEmpty = async (folder: string): Promise<void> => {
  try {
    await rmdir(folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCodeOf(error) ?? '')) throw error
  }
}

/** Every entry that is this owner's, the oldest first; folders of the dead in which nothing is left go. */
export const claimEntries = async (
  { folder, owner, logger }: { readonly folder: string; readonly owner: SpoolOwner; readonly logger: Logger },
  inHand: ReadonlySet<SpoolHandle>,
): Promise<readonly SpoolHandle[]> => {
  const own = join(folder, owner.id)
  const handles: SpoolHandle[] = []
  for (const claimed of await claimFolders(folder, owner)) {
    const found = await entriesIn(folder, claimed, inHand, logger)
    if (found.length === 0 && claimed !== own) await dropEmpty(claimed)
    handles.push(...found)
  }
  return handles.toSorted((one, other) => (basename(one) < basename(other) ? -1 : 1))
}

/** The path of the entry of an owner that is `count`-th of this process: names in the order of their instants. */
export const handleOf = (own: string, instant: Date, count: number): SpoolHandle =>
  join(own, `${String(instant.getTime()).padStart(14, '0')}-${String(count).padStart(9, '0')}`)
