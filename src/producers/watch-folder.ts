import { watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { isWholeFile } from '../imaging/is-whole-file.ts'
import { SetupError } from '../runtime/errors.ts'
import { type Pause, realPause } from '../runtime/keep-trying.ts'
import type { Logger } from '../runtime/logger.ts'
import { type FilmFile, filesUnder } from './film-files.ts'
import { type IngestOptions, submitFiles } from './ingest-path.ts'

/** The folder is never read more often than this. */
const pollMs = 1000
/** How long a file must stay as it is before it counts as whole. */
const settleMs = 2000
/** A file that ends before its format says so is still being copied, until it has not grown for so long. */
const stalledMs = 60_000
/** How often the folder is read again although the system has reported no change. */
const rescanMs = 30_000

/** Waits until the folder may have changed, or until a time has passed, or until the signal aborts. */
export type AwaitChange = (atMostMs: number) => Promise<void>

/** Which files have stopped changing; each version of a file comes out once. */
export type SettledFiles = {
  /** Takes a listing; answers with the files that are whole, and whether others are still changing. */
  readonly take: (files: readonly FilmFile[], nowMs: number) => { whole: FilmFile[]; waiting: boolean }
  /** Puts a file back until it has stayed as it is for longer; false where it has done so already. */
  readonly putBack: (path: string, settleMs: number) => boolean
}

type Seen = { size: number; modifiedMs: number; sinceMs: number; settleMs: number; sent: boolean }

/** Tells by size and time of change; a file that changes after it was sent is sent again. */
export const createSettledFiles = (options: { settleMs: number }): SettledFiles => {
  const seen = new Map<string, Seen>()
  return {
    take: (files, nowMs) => {
      const present = new Set(files.map((file) => file.path))
      for (const path of seen.keys()) if (!present.has(path)) seen.delete(path)
      const whole = files.filter((file) => {
        const before = seen.get(file.path)
        if (before === undefined || before.size !== file.size || before.modifiedMs !== file.modifiedMs) {
          const { size, modifiedMs } = file
          seen.set(file.path, { size, modifiedMs, sinceMs: nowMs, sent: false, settleMs: options.settleMs })
          return false
        }
        if (before.sent || nowMs - before.sinceMs < before.settleMs) return false
        before.sent = true
        return true
      })
      return { whole, waiting: [...seen.values()].some((file) => !file.sent) }
    },
    putBack: (path, longerMs) => {
      const file = seen.get(path)
      if (file === undefined || file.settleMs >= longerMs) return false
      file.settleMs = longerMs
      file.sent = false
      return true
    },
  }
}

const watchChanges = (path: string, signal: AbortSignal, logger: Logger): AwaitChange => {
  let changed = false
  let wake = (): void => {}
  const watcher = watch(path, { recursive: true, signal }, () => {
    changed = true
    wake()
  })
  // Too many folders for the system's watches: the folder is then read every half minute.
  watcher.on('error', (error) => logger.warn({ error: error.message }, 'folder is no longer watched'))
  return (atMostMs) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => wake(), atMostMs)
      wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        changed = false
        resolve()
      }
      signal.addEventListener('abort', wake)
      if (changed || signal.aborted) wake()
    })
}

export type WatchOptions = IngestOptions & {
  readonly signal: AbortSignal
  readonly logger: Logger
  readonly awaitChange?: AwaitChange
  readonly pause?: Pause
  readonly nowMs?: () => number
}

/** The folder's entries; none while the folder itself cannot be read, which may pass (a share that is away). */
const listingOf = async (path: string, logger: Logger) => {
  try {
    return await filesUnder(path)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    logger.warn({ code: error.code }, 'watched folder cannot be read')
    return { files: [], others: [] }
  }
}

/** Holds a file that is not whole, or changes while it is read; one that has stalled is sent as it is. */
const holdUnfinished =
  (settled: SettledFiles): NonNullable<IngestOptions['holds']> =>
  (file, content) =>
    (content === undefined || !isWholeFile(content)) && settled.putBack(file.path, stalledMs)

/**
 * Sends what is in a folder and then whatever comes, until the signal aborts. A file is sent once it has
 * stayed the same for two seconds, so that one still being copied is not sent in half.
 */
export const watchFolder = async (options: WatchOptions): Promise<void> => {
  const { path, signal, logger, pause = realPause, nowMs = Date.now } = options
  if (!(await stat(path).catch(() => undefined))?.isDirectory())
    throw new SetupError('FILE_UNREADABLE', `${path} is no folder`, 'name a folder to watch')
  const awaitChange = options.awaitChange ?? watchChanges(path, signal, logger)
  const settled = createSettledFiles({ settleMs })
  const told = new Set<string>()
  const holds = holdUnfinished(settled)
  while (!signal.aborted) {
    const { files, others } = await listingOf(path, logger)
    const { whole, waiting } = settled.take(files, nowMs())
    // An entry that cannot be sent is told once.
    const fresh = others.filter((entry) => !told.has(entry.path))
    for (const entry of fresh) told.add(entry.path)
    if (whole.length + fresh.length > 0)
      await submitFiles({ ...options, holds }, { files: whole, others: fresh }, false)
    if (!waiting) await awaitChange(rescanMs)
    await pause(pollMs, signal)
  }
}
