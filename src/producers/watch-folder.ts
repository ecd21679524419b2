import { watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { SetupError } from '../runtime/errors.ts'
import { type Pause, realPause } from '../runtime/keep-trying.ts'
import type { Logger } from '../runtime/logger.ts'
import { type FilmFile, filesUnder } from './film-files.ts'
import { type IngestOptions, submitFiles } from './ingest-path.ts'

/** The folder is never read more often than this. */
const pollMs = 1000
/** How long a file must stay as it is before it counts as whole. */
const settleMs = 2000
/** How often the folder is read again although the system has reported no change. */
const rescanMs = 30_000

/** Waits until the folder may have changed, or until a time has passed, or until the signal aborts. */
export type AwaitChange = (atMostMs: number) => Promise<void>

/** Which files have stopped changing; each version of a file comes out once. */
export type SettledFiles = {
  /** Takes a listing; answers with the files that are whole, and whether others are still changing. */
  readonly take: (files: readonly FilmFile[], nowMs: number) => { whole: FilmFile[]; waiting: boolean }
}

/** Tells by size and time of change; a file that changes after it was sent is sent again. */
export const createSettledFiles = (options: { settleMs: number }): SettledFiles => {
  const seen = new Map<string, { size: number; modifiedMs: number; sinceMs: number; sent: boolean }>()
  return {
    take: (files, nowMs) => {
      const present = new Set(files.map((file) => file.path))
      for (const path of seen.keys()) if (!present.has(path)) seen.delete(path)
      const whole = files.filter((file) => {
        const before = seen.get(file.path)
        if (before === undefined || before.size !== file.size || before.modifiedMs !== file.modifiedMs) {
          const { size, modifiedMs } = file
          seen.set(file.path, { size, modifiedMs, sinceMs: nowMs, sent: false })
          return false
        }
        if (before.sent || nowMs - before.sinceMs < options.settleMs) return false
        before.sent = true
        return true
      })
      return { whole, waiting: [...seen.values()].some((file) => !file.sent) }
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
  while (!signal.aborted) {
    const { files } = await filesUnder(path)
    const { whole, waiting } = settled.take(files, nowMs())
    if (whole.length > 0) await submitFiles(options, whole, false)
    if (!waiting) await awaitChange(rescanMs)
    await pause(pollMs, signal)
  }
}
