import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { largestFilmBytes } from '../contracts/image-event.ts'
import type { FilmLane } from '../contracts/lane.ts'
import { createByteBudget } from '../runtime/byte-budget.ts'
import { messageOf, SetupError } from '../runtime/errors.ts'
import { type FilePlace, type FilmFile, filesUnder, looksLikeFilm, type OtherEntry } from './film-files.ts'
import type { FilmIntake, IntakeAnswer } from './receive-film.ts'

/** What became of one file. */
export type FileReport = { readonly path: string } & (
  | { readonly kind: 'sent'; readonly answer: IntakeAnswer }
  /** No film, for a reason in words. */
  | { readonly kind: 'skipped'; readonly detail: string }
  /** Could not be read here; nothing was sent. */
  | { readonly kind: 'unreadable'; readonly detail: string }
)

export type IngestCounts = {
  readonly sent: number
  readonly refused: number
  readonly kept: number
  readonly skipped: number
  readonly unreadable: number
}

export type IngestOptions = {
  /** A file, or a folder that is read with all below it. */
  readonly path: string
  readonly siteId: string
  readonly intake: Pick<FilmIntake, 'submit'>
  /** The live one where not given. */
  readonly lane?: FilmLane
  /** Called as each file ends, with how many are done and known. */
  readonly onFile: (report: FileReport, done: number, total: number) => void
  /** Files in work at once. */
  readonly concurrency?: number
  readonly signal?: AbortSignal
  /** Asked with a file's content before it is sent; true leaves it for later, without a report. */
  readonly holds?: (file: FilmFile, content: Uint8Array | undefined) => boolean
}

const heldBytes = 2 * largestFilmBytes

const hashOf = async (place: FilePlace): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(place)) hash.update(chunk)
  return hash.digest('hex')
}

const contentOf = async ({ place, size }: FilmFile) =>
  size > largestFilmBytes
    ? ({ tooLarge: true, sha256: await hashOf(place) } as const)
    : new Uint8Array(await readFile(place))

/** A file that somebody writes to while it is read would be sent in half. */
const hasChanged = async ({ place, size, modifiedMs }: FilmFile): Promise<boolean> => {
  const now = await stat(place)
  return now.size !== size || now.mtimeMs !== modifiedMs
}

type Read = FileReport | { readonly kind: 'read'; readonly content: Awaited<ReturnType<typeof contentOf>> }

const readFilm = async (file: FilmFile, always: boolean): Promise<Read> => {
  const { path } = file
  try {
    if (!always && !(await looksLikeFilm(file)))
      return { kind: 'skipped', path, detail: 'no film by its name and its first bytes' }
    const content = await contentOf(file)
    if (await hasChanged(file)) return { kind: 'unreadable', path, detail: 'it changed while it was read' }
    return { kind: 'read', content }
  } catch (error) {
    return { kind: 'unreadable', path, detail: messageOf(error) }
  }
}

const submitFile = async (
  options: IngestOptions,
  file: FilmFile,
  always: boolean,
): Promise<FileReport | undefined> => {
  const { path } = file
  const read = await readFilm(file, always)
  if (read.kind !== 'read') {
    // A watcher comes back to a file that has just changed.
    const isChanging = read.kind === 'unreadable' && options.holds?.(file, undefined) === true
    return isChanging ? undefined : read
  }
  const { content } = read
  if (content instanceof Uint8Array && options.holds?.(file, content) === true) return undefined
  // What fails from here on (a full disk, missing keys) fails for every file: it ends the walk.
  const answer = await options.intake.submit({
    siteId: options.siteId,
    file: content,
    receivedVia: 'file',
    ...(options.lane === undefined ? {} : { lane: options.lane }),
  })
  return { kind: 'sent', path, answer }
}

/** Sends files, several at once and within a bound on memory; `always` sends what does not look like a film. */
export const submitFiles = async (
  options: IngestOptions,
  { files, others }: { files: readonly FilmFile[]; others: readonly OtherEntry[] },
  always: boolean,
): Promise<IngestCounts> => {
  const counts = { sent: 0, refused: 0, kept: 0, skipped: 0, unreadable: 0 }
  const total = files.length + others.length
  const budget = createByteBudget(heldBytes)
  let next = 0
  let done = 0
  for (const { kind, path, detail } of others) {
    counts[kind] += 1
    options.onFile({ kind, path, detail }, (done += 1), total)
  }
  const work = async (): Promise<void> => {
    for (let file = files[next]; file !== undefined && options.signal?.aborted !== true; file = files[next]) {
      next += 1
      const bytes = Math.min(file.size, largestFilmBytes)
      await budget.acquire(bytes)
      try {
        const report = await submitFile(options, file, always)
        if (report === undefined) continue
        counts[report.kind] += 1
        if (report.kind === 'sent' && report.answer.refusal !== undefined) counts.refused += 1
        if (report.kind === 'sent' && report.answer.kind === 'kept') counts.kept += 1
        options.onFile(report, (done += 1), total)
      } catch (error) {
        next = files.length
        throw error
      } finally {
        budget.release(bytes)
      }
    }
  }
  await Promise.all(Array.from({ length: options.concurrency ?? 4 }, work))
  return counts
}

/**
 * Sends a file, or every film in a folder. Safe to repeat: a film that was sent before gets the same event id
 * and is booked as its duplicate. Throws SetupError FILE_UNREADABLE where the path cannot be read.
 */
export const ingestPath = async (options: IngestOptions): Promise<IngestCounts> => {
  const listing = await filesUnder(options.path)
  if (listing.files.length + listing.others.length === 0)
    throw new SetupError(
      'FILE_UNREADABLE',
      `${options.path} holds no file`,
      'name a file or a folder with films',
    )
  return submitFiles(options, listing, !listing.isFolder)
}
