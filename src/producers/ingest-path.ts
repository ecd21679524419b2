import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { largestFilmBytes } from '../contracts/image-event.ts'
import type { FilmLane } from '../contracts/lane.ts'
import { createByteBudget } from '../runtime/byte-budget.ts'
import { messageOf, SetupError } from '../runtime/errors.ts'
import { type FilmFile, filesUnder, looksLikeFilm } from './film-files.ts'
import type { FilmIntake, IntakeAnswer } from './receive-film.ts'

/** What became of one file. */
export type FileReport = { readonly path: string } & (
  | { readonly kind: 'sent'; readonly answer: IntakeAnswer }
  /** No film by its name and its first bytes. */
  | { readonly kind: 'skipped' }
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
}

const heldBytes = 2 * largestFilmBytes

const hashOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const contentOf = async ({ path, size }: FilmFile) =>
  size > largestFilmBytes
    ? ({ tooLarge: true, sha256: await hashOf(path) } as const)
    : new Uint8Array(await readFile(path))

const submitFile = async (options: IngestOptions, file: FilmFile, always: boolean): Promise<FileReport> => {
  const { path } = file
  let content: Awaited<ReturnType<typeof contentOf>>
  try {
    if (!always && !(await looksLikeFilm(path))) return { kind: 'skipped', path }
    content = await contentOf(file)
  } catch (error) {
    return { kind: 'unreadable', path, detail: messageOf(error) }
  }
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
  files: readonly FilmFile[],
  always: boolean,
): Promise<IngestCounts> => {
  const counts = { sent: 0, refused: 0, kept: 0, skipped: 0, unreadable: 0 }
  const budget = createByteBudget(heldBytes)
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    for (let file = files[next]; file !== undefined && options.signal?.aborted !== true; file = files[next]) {
      next += 1
      const bytes = Math.min(file.size, largestFilmBytes)
      await budget.acquire(bytes)
      try {
        const report = await submitFile(options, file, always)
        counts[report.kind] += 1
        if (report.kind === 'sent' && report.answer.refusal !== undefined) counts.refused += 1
        if (report.kind === 'sent' && report.answer.kind === 'kept') counts.kept += 1
        options.onFile(report, (done += 1), files.length)
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
  const { files, isFolder } = await filesUnder(options.path)
  if (files.length === 0)
    throw new SetupError(
      'FILE_UNREADABLE',
      `${options.path} holds no file`,
      'name a file or a folder with films',
    )
  return submitFiles(options, files, !isFolder)
}
