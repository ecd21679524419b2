import { RetryLater } from '../../runtime/errors.ts'
import { startParts } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { startWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'
import type { GatedFilm } from '../receive-film.ts'
import type { SiteKeys } from '../site-keys.ts'
import type { GateAnswer, GateTask } from './gate-tasks.ts'
import type { InboxEntry } from './kept-film.ts'

/** Gates a film of the inbox; undefined where it cannot be opened. Throws RetryLater while no thread is up. */
export type GateEntry = (entry: InboxEntry, keys: SiteKeys) => Promise<GatedFilm | undefined>

const gateLimitMs = 60_000
const maxHeapMb = 512
/** A film may have had a neighbour's bad luck: only what fails twice is to blame. */
const attempts = 2

const tooLarge: GatedFilm = {
  kind: 'refused',
  refusal: 'FILE_TOO_LARGE',
  detail: 'above 64 MiB',
  contentType: 'application/dicom',
  identity: {},
  attributes: {},
}

const gaveUp = (refusal: 'DECODE_TIMEOUT' | 'DECODE_CRASHED', detail: string): GatedFilm => ({
  kind: 'refused',
  refusal,
  detail,
  contentType: 'application/dicom',
  identity: {},
  attributes: {},
})

const gateIn = async (
  pool: WorkerPool<GateTask, GateAnswer>,
  task: GateTask,
): Promise<GatedFilm | undefined> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await pool.run(task)
    if (answer.ok) return answer.value.kind === 'gated' ? answer.value.gated : undefined
    const { kind, detail } = answer.failure
    if (kind === 'unavailable') throw new RetryLater(`no thread gates films: ${detail}`)
    if (attempt === attempts)
      return gaveUp(kind === 'timed-out' ? 'DECODE_TIMEOUT' : 'DECODE_CRASHED', 'it ended its thread twice')
  }
}

/** Starts the threads that gate films, so that a large one holds up nobody. */
export const startGateWorkers = (options: {
  readonly workers: number
  readonly sealKey: Uint8Array
  readonly logger: Logger
}) =>
  startParts(options.logger, async (lifecycle) => {
    const pool = await startWorkerPool<GateTask, GateAnswer>({
      name: 'gate',
      file: new URL('./gate-worker.ts', import.meta.url),
      size: options.workers,
      workerData: undefined,
      taskTimeoutMs: gateLimitMs,
      maxHeapMb,
      logger: options.logger,
    })
    lifecycle.add('gate threads', pool.stop)
    const gate: GateEntry = async ({ kept, file, name }, keys) =>
      kept.isTooLarge
        ? tooLarge
        : gateIn(pool, { file, name, sealKey: options.sealKey, keys, note: kept.note })
    return { gate }
  })
