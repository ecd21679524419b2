import type { FinderIdentity } from '../../contracts/verdict.ts'
import { RetryLater } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import type { WorkerAnswer, WorkerPool } from '../../runtime/worker-pool.ts'
import type { FilmAnswer, FilmTask } from '../workers/film-tasks.ts'
import type { Step } from './pipeline.ts'
import type { DecodedFilmEvent, ResolvedFilm, VerifiedEvent } from './screening-types.ts'

export type FilmPool = WorkerPool<FilmTask, FilmAnswer>

export type PrepareFilmDeps = {
  readonly pool: FilmPool
  /** The finder that reads films of an instant; throws where none can serve. */
  readonly finderAt: (instant: string) => FinderIdentity
}

/** The bytes are gone with the worker. */
const withoutBytes = ({ bytes: _bytes, ...event }: ResolvedFilm): VerifiedEvent => event

/** How often a film may cost a worker before it is given up. */
const attempts = 2

const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}

const prepare = (
  pool: FilmPool,
  film: ResolvedFilm,
  finder: FinderIdentity,
): Promise<WorkerAnswer<FilmAnswer>> => {
  const { headers } = film
  const expected = { size: headers.ce_contentsize, sha256: headers.ce_contentsha256 }
  return pool.runWhenFree(() => {
    // The record's bytes are a slice of a whole fetch: the worker gets a copy of its own to keep.
    const bytes = copyOf(film.bytes)
    return { task: { kind: 'prepare', finder: finder.digest, bytes, expected }, transfer: [bytes.buffer] }
  })
}

/** Checks size and hash, decodes, finds the hips and cuts them, in a worker: a poison film costs itself only. */
export const createPrepareFilm = (deps: PrepareFilmDeps): Step<ResolvedFilm, DecodedFilmEvent> =>
  async function prepareFilm(film) {
    const finder = deps.finderAt(film.believedAt)
    let answer = await prepare(deps.pool, film, finder)
    for (let attempt = 1; attempt < attempts && !answer.ok; attempt += 1)
      answer = await prepare(deps.pool, film, finder)
    if (!answer.ok && answer.failure.kind === 'unavailable') throw new RetryLater(answer.failure.detail)
    if (!answer.ok)
      return failed(
        answer.failure.kind === 'crashed' ? 'DECODE_CRASHED' : 'DECODE_TIMEOUT',
        answer.failure.detail,
      )
    if (answer.value.kind !== 'prepared') throw new Error('a film worker answered another question')
    const { outcome } = answer.value
    return outcome.kind === 'ok' ? ok({ ...withoutBytes(film), film: outcome.value, finder }) : outcome
  }
