import { rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { FilmInbox } from '../../contracts/film-inbox.ts'
import {
  syncFolder,
  type WriteAllDurably,
  writeAllDurably,
  writeDurably,
} from '../../runtime/durable-file.ts'
import { SetupError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { makeFolder } from '../../runtime/make-folder.ts'
import { readIfThere } from '../../runtime/read-if-there.ts'
import {
  asideFolder,
  claimEntries,
  dropEmpty,
  filmSuffix,
  handleOf,
  readSides,
  type SpoolHandle,
  setAside,
  sideSuffix,
} from '../spool-folder.ts'
import { type SpoolOwner, thisProcess } from '../spool-owner.ts'
import { openSpoolSequence, type SpoolNumber } from '../spool-sequence.ts'
import { createEnterFilms } from './enter-films.ts'
import { createIncomingFilm } from './incoming-film.ts'
import { filmNameOf, type InboxEntry, type KeptFilmSide, openSide } from './kept-film.ts'
import { sealedExtraBytes } from './seal.ts'

/** Films that were acknowledged and are still to be gated and published. */
export type SealedInbox = FilmInbox & {
  /** What is in it from before, oldest first; entries of dead processes are taken over. */
  readonly list: () => Promise<readonly SpoolHandle[]>
  /** What is known of an entry; one that cannot be opened is set aside, and undefined comes back. */
  readonly read: (handle: SpoolHandle) => Promise<InboxEntry | undefined>
  /** Sets an entry aside whose film cannot be opened. */
  readonly setAside: (handle: SpoolHandle, why: string) => Promise<void>
  readonly remove: (handle: SpoolHandle) => Promise<void>
  /** Films, the bytes they take, and when the oldest came. */
  readonly contents: () => {
    readonly films: number
    readonly bytes: number
    readonly oldestMs: number | undefined
  }
  /** No film is taken from now on. */
  readonly close: () => void
}

export type SealedInboxOptions = {
  readonly folder: string
  readonly key: Uint8Array
  /** Bytes that all films in it may take. */
  readonly quotaBytes: number
  readonly logger: Logger
  readonly now: () => Date
  /** Called for each film, in the order of their numbers at a site, before its sender is answered. */
  readonly onKept: (handle: SpoolHandle, kept: KeptFilmSide) => void
  readonly traceparent?: () => string | undefined
  readonly writeAll?: WriteAllDurably
  readonly owner?: SpoolOwner
}

type Known = { readonly bytes: number; readonly atMs: number }

type Inbox = {
  readonly options: SealedInboxOptions
  readonly own: string
  readonly owner: SpoolOwner
  readonly known: Map<SpoolHandle, Known>
  readonly inHand: Set<SpoolHandle>
  readonly numbers: Map<SpoolHandle, SpoolNumber>
  /** Taken by films on their way in. */
  reservedBytes: number
  keptBytes: number
  count: number
  isClosed: boolean
}

const readSide = async (key: Uint8Array, handle: SpoolHandle): Promise<KeptFilmSide | undefined> => {
  const side = await readIfThere(handle + sideSuffix)
  return side === undefined ? undefined : openSide(key, handle, side)
}

const underAnotherKey = (folder: string): SetupError =>
  new SetupError(
    'GATEWAY_KEY_MISSING',
    `the films that wait in ${folder} lie under another key`,
    'set OSTEOSTREAM_GATEWAY_KEY to the key that they were sealed with, or unset it where that is the one in gateway.key',
  )

/** The numbers of all entries, whosever they are. */
const numbersIn = async (folder: string, key: Uint8Array): Promise<readonly SpoolNumber[]> => {
  const files = await readSides(folder)
  const names = [...files.keys()]
  const sides = [...files].map(([name, side]) =>
    openSide(key, join(folder, name.slice(0, -sideSuffix.length)), side),
  )
  const known = sides.filter((side) => side !== undefined)
  // One damaged entry is put aside later; where none of those that wait opens, it is the key, and their numbers would be
  // given again. What was put aside says nothing.
  const waits = names.some((name) => !name.startsWith(asideFolder))
  if (waits && known.length === 0) throw underAnotherKey(folder)
  return known
}

const remember = (inbox: Inbox, handle: SpoolHandle, known: Known): void => {
  if (inbox.known.has(handle)) return
  inbox.known.set(handle, known)
  inbox.keptBytes += known.bytes
}

const forget = (inbox: Inbox, handle: SpoolHandle): void => {
  inbox.keptBytes -= inbox.known.get(handle)?.bytes ?? 0
  inbox.known.delete(handle)
  inbox.numbers.delete(handle)
  inbox.inHand.delete(handle)
}

const nextHandle = (inbox: Inbox): SpoolHandle => {
  inbox.count += 1
  return handleOf(inbox.own, inbox.options.now(), inbox.count)
}

const hasRoom = (inbox: Inbox, bytes: number): boolean =>
  inbox.keptBytes + inbox.reservedBytes + bytes <= inbox.options.quotaBytes

const openFilm = (inbox: Inbox, enter: ReturnType<typeof createEnterFilms>): FilmInbox['open'] =>
  async function open(delivery) {
    if (inbox.isClosed) return 'STOPPING'
    if (!hasRoom(inbox, sealedExtraBytes)) return 'INBOX_FULL'
    const handle = nextHandle(inbox)
    inbox.inHand.add(handle)
    return createIncomingFilm({
      key: inbox.options.key,
      name: filmNameOf(handle),
      file: handle + filmSuffix,
      reserve: (bytes) => {
        if (!hasRoom(inbox, bytes)) return false
        inbox.reservedBytes += bytes
        return true
      },
      enter: (written) => enter({ handle, delivery, written, traceparent: inbox.options.traceparent?.() }),
      dropped: (bytes) => {
        inbox.reservedBytes -= bytes
        inbox.inHand.delete(handle)
      },
    })
  }

const listEntries = async (inbox: Inbox): Promise<readonly SpoolHandle[]> => {
  const handles = await claimEntries({ ...inbox.options, owner: inbox.owner }, inbox.inHand)
  for (const handle of handles) {
    const film = await stat(handle + filmSuffix).catch(() => undefined)
    remember(inbox, handle, { bytes: film?.size ?? 0, atMs: Number(basename(handle).slice(0, 14)) })
  }
  return handles
}

const oldestOf = ({ known }: Inbox): number | undefined => {
  let oldest: number | undefined
  for (const { atMs } of known.values()) if (oldest === undefined || atMs < oldest) oldest = atMs
  return oldest
}

const openFolder = async (folder: string): Promise<void> => {
  try {
    await makeFolder(folder, 0o700)
    await syncFolder(dirname(folder))
  } catch (error) {
    throw new SetupError(
      'DATA_DIR_UNUSABLE',
      `the inbox folder ${folder} cannot be made`,
      'set OSTEOSTREAM_DATA_DIR to a folder that this user may write to',
      { cause: error },
    )
  }
}

const emptyInbox = (options: SealedInboxOptions, own: string, owner: SpoolOwner): Inbox => ({
  options,
  own,
  owner,
  known: new Map(),
  inHand: new Set(),
  numbers: new Map(),
  reservedBytes: 0,
  keptBytes: 0,
  count: 0,
  isClosed: false,
})

/**
 * Opens the inbox: films as they came, with all that names a person, sealed under a key of this machine. For each, in this
 * order and never in another: its bytes are forced to the disk; it gets its number; its side file, which makes the entry
 * whole, and the folder are forced to the disk; the sender is answered. It uses the folders, the owners and the numbers of
 * the spool, and stands in its place for what comes over a network.
 */
export const openSealedInbox = async (options: SealedInboxOptions): Promise<SealedInbox> => {
  const { folder, key, logger, owner = thisProcess() } = options
  const own = join(folder, owner.id)
  await openFolder(own)
  const numbers = await numbersIn(folder, key)
  const sequence = await openSpoolSequence({
    folder,
    owner,
    write: writeDurably,
    waiting: async () => numbers,
  })
  const inbox = emptyInbox(options, own, owner)
  const enter = createEnterFilms({
    key,
    sequence,
    writeAll: options.writeAll ?? writeAllDurably,
    now: options.now,
    onEntered: ({ handle, written }, side) => {
      remember(inbox, handle, { bytes: written.writtenBytes, atMs: Date.parse(side.receivedAt) })
      inbox.reservedBytes -= written.writtenBytes
      inbox.numbers.set(handle, side)
      options.onKept(handle, side)
    },
  })
  const putAside = async (handle: SpoolHandle, why: string): Promise<void> => {
    await setAside(folder, [handle + sideSuffix, handle + filmSuffix], why, logger)
    forget(inbox, handle)
  }
  return {
    open: openFilm(inbox, enter),
    list: () => listEntries(inbox),
    read: async (handle) => {
      const kept = await readSide(key, handle)
      if (kept !== undefined) {
        inbox.numbers.set(handle, kept)
        return { handle, kept, file: handle + filmSuffix, name: filmNameOf(handle) }
      }
      await putAside(handle, 'its side file cannot be opened')
      return undefined
    },
    setAside: putAside,
    remove: async (handle) => {
      const number = inbox.numbers.get(handle)
      if (number !== undefined) await sequence.seal(number)
      // The side file goes first: a film without one is never taken for an entry.
      await rm(handle + sideSuffix, { force: true })
      await rm(handle + filmSuffix, { force: true })
      forget(inbox, handle)
      if (dirname(handle) !== own) await dropEmpty(dirname(handle))
    },
    contents: () => ({ films: inbox.known.size, bytes: inbox.keptBytes, oldestMs: oldestOf(inbox) }),
    close: () => {
      inbox.isClosed = true
    },
  }
}
