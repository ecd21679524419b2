import { readFile } from 'node:fs/promises'
import { RetryLater } from '../../runtime/errors.ts'
import { startParts } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { startWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'
import type { GatedFilm } from '../receive-film.ts'
import type { SiteKeys } from '../site-keys.ts'
import type { GateAnswer, GatedEntry, GateTask } from './gate-tasks.ts'
import type { InboxEntry } from './kept-film.ts'

/** Gates a film of the inbox; undefined where it cannot be opened. Throws RetryLater while no thread is up. */
export type GateEntry = (entry: InboxEntry, keys: SiteKeys) => Promise<GatedEntry | undefined>

const gateLimitMs = 60_000
const maxHeapMb = 512
/** A film may have had a neighbour's bad luck: only what fails twice is to blame. */
const attempts = 2

/** Nothing of the film was seen: its sealed file is what it is known by. */
const gaveUp = async (refusal: 'DECODE_TIMEOUT' | 'DECODE_CRASHED', file: string): Promise<GatedEntry> => {
  const gated: GatedFilm = {
    kind: 'refused',
    refusal,
    detail: 'it ended its thread twice',
    contentType: 'application/dicom',
    identity: {},
    attributes: {},
  }
  return { gated, sha256: sha256Of(await readFile(file)) }
}

const gateIn = async (
  pool: WorkerPool<GateTask, GateAnswer>,
  task: GateTask,
): Promise<GatedEntry | undefined> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await pool.run(task)
    if (answer.ok) return answer.value.kind === 'gated' ? answer.value : undefined
    const { kind, detail } = answer.failure
    if (kind === 'unavailable') throw new RetryLater(`no thread gates films: ${detail}`)
    if (attempt === attempts)
      return gaveUp(kind === 'timed-out' ? 'DECODE_TIMEOUT' : 'DECODE_CRASHED', task.file)
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
    const gate: GateEntry = ({ kept, file, name }, keys) => {
      const tooLargeBytes = kept.isTooLarge ? kept.size : undefined
      return gateIn(pool, { file, name, sealKey: options.sealKey, keys, note: kept.note, tooLargeBytes })
    }
    return { gate }
  })
