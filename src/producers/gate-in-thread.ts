import { needsDecoder } from '../imaging/deidentify/recode-film.ts'
import { readFilmHeader } from '../imaging/read-film-header.ts'
import { RetryLater } from '../runtime/errors.ts'
import { keepTrying, realPause } from '../runtime/keep-trying.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { failed } from '../runtime/outcome.ts'
import { startWorkerPool, type WorkerPool } from '../runtime/worker-pool.ts'
import { gateFilm, refusedFilm } from './gate-film.ts'
import type { GatedFilm, GateFilm } from './receive-film.ts'
import type { SiteKeys } from './site-keys.ts'

/** A film that a thread gates. */
export type ThreadGateTask = { readonly bytes: Uint8Array; readonly keys: SiteKeys }
type Pool = WorkerPool<ThreadGateTask, GatedFilm>

const maxHeapMb = 512
/** A film may have had a neighbour's bad luck: only what fails twice is to blame. */
const attempts = 2

const hasToBeDecoded = (bytes: Uint8Array): boolean => {
  const header = readFilmHeader(bytes)
  return header.kind === 'ok' && needsDecoder(header.value)
}

const gateIn = async (pool: Pool, task: ThreadGateTask): Promise<GatedFilm> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await pool.run(task)
    if (answer.ok) return answer.value
    const { kind, detail } = answer.failure
    if (kind === 'unavailable') throw new RetryLater(`no thread gates films: ${detail}`)
    const code = kind === 'timed-out' ? 'DECODE_TIMEOUT' : 'DECODE_CRASHED'
    if (attempt === attempts) return refusedFilm(task.bytes, failed(code, 'it ended its thread twice'))
  }
}

type Options = {
  readonly logger: Logger
  /** Longest time for a film in the thread; a minute where not given. */
  readonly limitMs?: number
}

/**
 * Creates the gate of a clinic whose process must not stand still: films that have to be decoded go to a thread, which
 * is started with the first of them; a damaged one that hangs or ends it is refused, and the others go on.
 */
export const createThreadGate = ({ logger, limitMs = 60_000 }: Options): { gate: GateFilm } & Running => {
  const ending = new AbortController()
  let starting: Promise<Pool> | undefined
  const start = (): Promise<Pool> =>
    startWorkerPool<ThreadGateTask, GatedFilm>({
      name: 'gate',
      file: new URL('./gate-thread.ts', import.meta.url),
      size: 1,
      workerData: undefined,
      taskTimeoutMs: limitMs,
      maxHeapMb,
      logger,
    })
  const gate: GateFilm = async (bytes, keys) => {
    if (!hasToBeDecoded(bytes)) return gateFilm(bytes, keys)
    if (ending.signal.aborted) throw new RetryLater('the gate was stopped')
    const pool = await (starting ??= start())
    const gated = await keepTrying(() => gateIn(pool, { bytes, keys }), {
      what: 'film waits for a thread that gates it',
      isWanted: () => !ending.signal.aborted,
      mayMend: (error) => error instanceof RetryLater,
      pause: (ms) => realPause(ms, ending.signal),
      logger,
    })
    if (gated === undefined) throw new RetryLater('the gate was stopped')
    return gated.value
  }
  const stop = async (): Promise<void> => {
    ending.abort()
    await (await starting)?.stop()
  }
  return { gate, stop }
}
