import type { FilmAttributes } from '../../contracts/film-attributes.ts'
import type { DeadLetterCode, FilmWarning, RejectionReason } from '../../contracts/reasons.ts'
import type { Reading } from '../../contracts/verdict.ts'
import type { ClassifiedHip } from '../screening-types.ts'
import type { LabelledFilm } from './find-films.ts'
import type { FilmReader, ReadFilm } from './read-film.ts'
import type { LabelledHip } from './read-labels.ts'

/** A labelled hip and what the engine says of it. */
export type EvaluatedHip = LabelledHip & {
  readonly side: 'left' | 'right'
  readonly reading: Reading
  /** Day of the exposure where the header says so; the first film of a person has the vote. */
  readonly day?: string
}

/** Why a labelled hip is in no table although its film was read. */
export type ExclusionReason = 'HIP_NOT_FOUND' | 'SIDE_NOT_LABELLED' | FilmWarning

export type RejectedFilm = {
  readonly file: string
  readonly reason: RejectionReason | DeadLetterCode
  readonly detail: string
  /** Labelled hips that go with it. */
  readonly hips: number
}
export type ExcludedHip = {
  readonly file: string
  readonly side?: LabelledHip['side']
  readonly reason: ExclusionReason
}

/** Everything that the tables are made of, in the order of the films' names. */
export type Evaluation = {
  readonly films: number
  readonly hips: readonly EvaluatedHip[]
  readonly rejected: readonly RejectedFilm[]
  readonly excluded: readonly ExcludedHip[]
}

type FilmResult = Omit<Evaluation, 'films'>

/** The hip that a label speaks of; a film that shows one hip needs no side in its label. */
const matchOf = (label: LabelledHip, hips: readonly ClassifiedHip[]): ClassifiedHip | ExclusionReason => {
  if (label.side === undefined) {
    const [only, second] = hips
    return only === undefined || second !== undefined ? 'SIDE_NOT_LABELLED' : only
  }
  const match = hips.find((hip) => hip.side === label.side)
  if (match !== undefined) return match
  return hips.some((hip) => hip.side === 'unknown') ? 'SIDE_IN_DOUBT' : 'HIP_NOT_FOUND'
}

/**
 * Whether the classes apply to this hip, as the engine sees it. An age that nobody wrote down does not exclude: the
 * label says that the hip has a class.
 */
const exclusionOf = (hip: ClassifiedHip, { ageBand }: FilmAttributes): ExclusionReason | undefined => {
  if (ageBand === '18-49') return 'AGE_18_TO_49'
  if (hip.side === 'unknown') return 'SIDE_IN_DOUBT'
  return hip.eligible ? undefined : hip.warnings[0]
}

const evaluateHip = (label: LabelledHip, film: ReadFilm): EvaluatedHip | ExcludedHip => {
  const { file } = label
  const named = label.side === undefined ? { file } : { file, side: label.side }
  const match = matchOf(label, film.hips)
  if (typeof match === 'string') return { ...named, reason: match }
  const reason = exclusionOf(match, film.attributes)
  if (reason !== undefined) return { ...named, reason }
  const [reading] = match.readings
  if (reading === undefined || match.side === 'unknown') throw new Error('a hip came back without a reading')
  const { acquisitionDay: day } = film.attributes
  return { ...label, side: match.side, reading, ...(day === undefined ? {} : { day }) }
}

const evaluateFilm = async (film: LabelledFilm, read: FilmReader): Promise<FilmResult> => {
  const { file, hips } = film
  const found = await read(film)
  if (found.kind !== 'ok') {
    const reason = found.kind === 'rejected' ? found.reason : found.code
    return { hips: [], excluded: [], rejected: [{ file, reason, detail: found.detail, hips: hips.length }] }
  }
  const evaluated = hips.map((label) => evaluateHip(label, found.value))
  return {
    hips: evaluated.filter((hip) => 'reading' in hip),
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
  readonly onProgress?: (done: number, all: number) => void
}): Promise<Evaluation> => {
  const { films, read, concurrency, onProgress } = options
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
  return {
    films: films.length,
    hips: results.flatMap((result) => result.hips),
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
