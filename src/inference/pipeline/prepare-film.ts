import { RetryLater } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import type { WorkerAnswer, WorkerPool } from '../../runtime/worker-pool.ts'
import type { FilmAnswer, FilmTask } from '../workers/film-tasks.ts'
import type { Step } from './pipeline.ts'
import type { DecodedFilmEvent, ResolvedFilm } from './screening-types.ts'

export type FilmPool = WorkerPool<FilmTask, FilmAnswer>

/** How often a film may cost a worker before it is given up. */
const attempts = 2

const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}

const prepare = (pool: FilmPool, film: ResolvedFilm): Promise<WorkerAnswer<FilmAnswer>> => {
  const { headers } = film
  const expected = { size: headers.ce_contentsize, sha256: headers.ce_contentsha256 }
  return pool.runWhenFree(() => {
    // The record's bytes are a slice of a whole fetch: the worker gets a copy of its own to keep.
    const bytes = copyOf(film.bytes)
    return { task: { kind: 'prepare', bytes, expected }, transfer: [bytes.buffer] }
  })
}

/** Checks size and hash, decodes, finds the hips and cuts them, in a worker: a poison film costs itself only. */
export const createPrepareFilm = (deps: { pool: FilmPool }): Step<ResolvedFilm, DecodedFilmEvent> =>
  async function prepareFilm(film) {
    let answer = await prepare(deps.pool, film)
    for (let attempt = 1; attempt < attempts && !answer.ok; attempt += 1)
      answer = await prepare(deps.pool, film)
    if (!answer.ok && answer.failure.kind === 'unavailable') throw new RetryLater(answer.failure.detail)
    if (!answer.ok)
      return failed(
        answer.failure.kind === 'crashed' ? 'DECODE_CRASHED' : 'DECODE_TIMEOUT',
        answer.failure.detail,
      )
    if (answer.value.kind !== 'prepared') throw new Error('a film worker answered another question')
    const { outcome } = answer.value
    return outcome.kind === 'ok'
      ? ok({ record: film.record, headers: film.headers, film: outcome.value })
      : outcome
  }
