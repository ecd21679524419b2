import { type FileHandle, open, rm } from 'node:fs/promises'
import type { InboxAnswer, InboxRefusal, IncomingFilm } from '../../contracts/film-inbox.ts'
import { largestFilmBytes } from '../../contracts/image-event.ts'
import { systemCodeOf } from '../../runtime/errors.ts'
import { createSeal, type Seal } from './seal.ts'

/** Bytes that are gathered before they are sealed and written: network packets are small. */
const blockBytes = 256 * 1024

/** Beyond this nothing is read on: no film of any modality is so large. */
export const endlessBytes = 4 * largestFilmBytes

/** What came in, once all of it is on the disk. */
export type WrittenFilm = {
  /** Of all that came, also of what was not written. */
  readonly size: number
  /** Above the limit of a film: only its beginning was written. */
  readonly isTooLarge: boolean
  readonly writtenBytes: number
}

export type IncomingFilmOptions = {
  readonly key: Uint8Array
  /** The name under which it is sealed. */
  readonly name: string
  readonly file: string
  /** Takes room from the quota; false where there is none. */
  readonly reserve: (bytes: number) => boolean
  /** Makes what was written an entry of the inbox. */
  readonly enter: (written: WrittenFilm) => Promise<InboxAnswer>
  /** Called once, when nothing of it is left on the disk. */
  readonly dropped: (writtenBytes: number) => void
}

const full: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** What the disk says that a person can mend; everything else is thrown. */
export const refusalOf = (error: unknown): InboxRefusal => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = systemCodeOf(error) === 'DISK_FULL' ? 'ENOSPC' : systemCodeOf(cause)
  if (code === undefined) throw error
  return full.has(code) ? 'DISK_FULL' : 'DISK_FAILED'
}

type State = {
  handle: FileHandle | undefined
  readonly seal: Seal
  /** What is gathered: so many bytes of a block. */
  block: Buffer
  blockFilled: number
  size: number
  writtenBytes: number
  failure: InboxRefusal | undefined
  /** Writes follow one another. */
  turn: Promise<void>
}

const writeBlock = async (options: IncomingFilmOptions, state: State, bytes: Uint8Array): Promise<void> => {
  if (state.failure !== undefined || bytes.length === 0) return
  if (!options.reserve(bytes.length)) {
    state.failure = 'INBOX_FULL'
    return
  }
  state.writtenBytes += bytes.length
  try {
    state.handle ??= await open(options.file, 'wx', 0o600)
    await state.handle.writeFile(bytes)
  } catch (error) {
    state.failure = refusalOf(error)
  }
}

const flush = (options: IncomingFilmOptions, state: State): Promise<void> => {
  const bytes = state.seal.piece(state.block.subarray(0, state.blockFilled))
  state.blockFilled = 0
  state.turn = state.turn.then(() => writeBlock(options, state, bytes))
  return state.turn
}

const take = async (options: IncomingFilmOptions, state: State, bytes: Uint8Array): Promise<void> => {
  state.size += bytes.length
  if (state.size > endlessBytes) state.failure ??= 'FILM_ENDLESS'
  // Of a film that is too large only the beginning is needed: it will be refused for its size.
  if (state.failure !== undefined || state.size > largestFilmBytes) return
  for (let at = 0; at < bytes.length; ) {
    const count = Math.min(blockBytes - state.blockFilled, bytes.length - at)
    // A copy: the caller may use its buffer again.
    state.block.set(bytes.subarray(at, at + count), state.blockFilled)
    state.blockFilled += count
    at += count
    if (state.blockFilled === blockBytes) await flush(options, state)
  }
}

const discard = async (options: IncomingFilmOptions, state: State): Promise<void> => {
  await state.turn
  await state.handle?.close().catch(() => {})
  state.handle = undefined
  await rm(options.file, { force: true })
  options.dropped(state.writtenBytes)
}

const enter = async (options: IncomingFilmOptions, state: State): Promise<InboxAnswer> => {
  await flush(options, state)
  await writeBlock(options, state, state.seal.end())
  if (state.failure !== undefined) return { kind: 'refused', why: state.failure }
  try {
    await state.handle?.datasync()
    await state.handle?.close()
    state.handle = undefined
    return await options.enter({
      size: state.size,
      isTooLarge: state.size > largestFilmBytes,
      writtenBytes: state.writtenBytes,
    })
  } catch (error) {
    return { kind: 'refused', why: refusalOf(error) }
  }
}

/** Writes a film, sealed, as it comes; a few blocks of it are in memory at any time. */
export const createIncomingFilm = (options: IncomingFilmOptions): IncomingFilm => {
  const seal = createSeal(options.key, options.name)
  const state: State = {
    handle: undefined,
    seal,
    block: Buffer.allocUnsafe(blockBytes),
    blockFilled: 0,
    size: 0,
    writtenBytes: 0,
    failure: undefined,
    turn: Promise.resolve(),
  }
  state.turn = writeBlock(options, state, seal.head)
  return {
    write: (bytes) => take(options, state, bytes),
    keep: async () => {
      const answer = await enter(options, state)
      if (answer.kind === 'refused') await discard(options, state)
      return answer
    },
    drop: () => discard(options, state),
  }
}
