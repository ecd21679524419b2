import type { DeadLetterCode, RejectionReason } from '../../contracts/reasons.ts'
import type { FilmStatistics, Reading } from '../../contracts/verdict.ts'
import type { LabelledFilm } from './find-films.ts'
import { type ExcludedHip, matchHip } from './match-hip.ts'
import type { FilmReader, ReadFilm } from './read-film.ts'
import type { LabelledHip } from './read-labels.ts'

/** A labelled hip that the engine reads. */
type ReadHip = LabelledHip & {
  readonly side: 'left' | 'right'
  /** Day of the exposure where the header says so; the first film of a person has the vote. */
  readonly day?: string
  /** Of its film. */
  readonly statistics?: FilmStatistics
}

/** A labelled hip and what a package says of it. */
export type EvaluatedHip = ReadHip & { readonly reading: Reading }

export type RejectedFilm = {
  readonly file: string
  readonly reason: RejectionReason | DeadLetterCode
  readonly detail: string
  /** Labelled hips that go with it. */
  readonly hips: number
}
/** Everything that the tables are made of, in the order of the films' names. */
export type Evaluation = {
  readonly films: number
  /** As the first package reads them. */
  readonly hips: readonly EvaluatedHip[]
  /** The same hips as each other package reads them. */
  readonly others: readonly (readonly EvaluatedHip[])[]
  readonly rejected: readonly RejectedFilm[]
  readonly excluded: readonly ExcludedHip[]
}

type HipWithReadings = { readonly hip: ReadHip; readonly readings: readonly Reading[] }
type FilmResult = Pick<Evaluation, 'rejected' | 'excluded'> & { readonly hips: readonly HipWithReadings[] }

const evaluateHip = (label: LabelledHip, film: ReadFilm): HipWithReadings | ExcludedHip => {
  const match = matchHip(label, film.hips, film.attributes)
  if (match.kind === 'excluded') return match.excluded
  const { hip, side } = match
  const { acquisitionDay: day } = film.attributes
  const { statistics } = film
  const known = { ...(day === undefined ? {} : { day }), ...(statistics === undefined ? {} : { statistics }) }
  return { hip: { ...label, side, ...known }, readings: hip.readings }
}

/** The hips with the reading of one package. */
const readBy = (hips: readonly HipWithReadings[], at: number): EvaluatedHip[] =>
  hips.map(({ hip, readings }) => {
    const reading = readings[at]
    if (reading === undefined) throw new Error('a hip came back without a reading')
    return { ...hip, reading }
  })

const evaluateFilm = async (film: LabelledFilm, read: FilmReader): Promise<FilmResult> => {
  const { file, hips } = film
  const found = await read(film)
  if (found.kind !== 'ok') {
    const reason = found.kind === 'rejected' ? found.reason : found.code
    return { hips: [], excluded: [], rejected: [{ file, reason, detail: found.detail, hips: hips.length }] }
  }
  const evaluated = hips.map((label) => evaluateHip(label, found.value))
  return {
    hips: evaluated.filter((hip) => 'readings' in hip),
    excluded: evaluated.filter((hip) => 'reason' in hip),
    rejected: [],
  }
}

/**
 * Reads every labelled film, `concurrency` at a time, and puts labels and readings together. The order of what comes
 * back is that of the films, however fast each was.
 */
export const runEvaluation = async (options: {
  readonly films: readonly LabelledFilm[]
  readonly read: FilmReader
  readonly concurrency: number
  /** How many packages the reader has. */
  readonly packages?: number
  readonly onProgress?: (done: number, all: number) => void
}): Promise<Evaluation> => {
  const { films, read, concurrency, packages = 1, onProgress } = options
  const results: FilmResult[] = []
  const waiting = films.entries()
  let done = 0
  const work = async (): Promise<void> => {
    for (const [index, film] of waiting) {
      results[index] = await evaluateFilm(film, read)
      done += 1
      onProgress?.(done, films.length)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  const hips = results.flatMap((result) => result.hips)
  return {
    films: films.length,
    hips: readBy(hips, 0),
    others: Array.from({ length: packages - 1 }, (_, at) => readBy(hips, at + 1)),
    rejected: results.flatMap((result) => result.rejected),
    excluded: results.flatMap((result) => result.excluded),
  }
}

/** How often each reason occurs, most frequent first. */
export const countReasons = (
  entries: readonly { readonly reason: string }[],
): readonly (readonly [reason: string, count: number])[] =>
  [...Map.groupBy(entries, (entry) => entry.reason)]
    .map(([reason, own]) => [reason, own.length] as const)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
