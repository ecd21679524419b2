import { Worker } from 'node:worker_threads'
import { messageOf } from './errors.ts'
import { realPause } from './keep-trying.ts'
import type { Logger } from './logger.ts'
import { closeNativeCalls, type NativeCalls, ownNativeCalls } from './native-calls.ts'

/**
 * Why a task has no result: its worker died, it took longer than allowed, or there is no worker just now, which says
 * nothing of the task: the same one may succeed later.
 */
export type WorkerFailure = {
  readonly kind: 'crashed' | 'timed-out' | 'unavailable'
  readonly detail: string
}

export type WorkerAnswer<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly failure: WorkerFailure }

/** A task as it goes to a worker: the buffers in `transfer` are moved instead of copied. */
export type HandedTask<Task> = { readonly task: Task; readonly transfer: readonly ArrayBuffer[] }

/** A fixed number of worker threads that each do one task at a time. */
export type WorkerPool<Task, Result> = {
  /** Runs a task; `transfer` moves buffers instead of copying them. Resolves also when the worker dies. */
  readonly run: (task: Task, transfer?: readonly ArrayBuffer[]) => Promise<WorkerAnswer<Result>>
  /** Runs a task that is made when a worker is free for it: what waits holds no copy of its own. */
  readonly runWhenFree: (make: () => HandedTask<Task>) => Promise<WorkerAnswer<Result>>
  readonly queued: () => number
  /** Workers that are up; less than `size` while one is replaced or cannot start. */
  readonly up: () => number
  /** Bytes that the heaps of all workers take. */
  readonly heapBytes: () => Promise<number>
  readonly size: number
  readonly stop: () => Promise<void>
}

export type WorkerPoolOptions = {
  readonly name: string
  readonly file: URL
  readonly size: number
  /** Handed to each worker as `workerData`. */
  readonly workerData: unknown
  readonly taskTimeoutMs: number
  /** Heap of each worker in MB; a worker that needs more dies alone. */
  readonly maxHeapMb: number
  readonly logger: Logger
  readonly onReplaced?: (failure: WorkerFailure) => void
  /** Wait before a worker that could not start is started again; it doubles up to a minute. 500 ms where not given. */
  readonly firstRestartMs?: number
  /** Longest time until a new worker says that it is ready; two minutes where not given. */
  readonly startLimitMs?: number
}

type Job<Task, Result> = {
  make: () => HandedTask<Task>
  settle: (answer: WorkerAnswer<Result>) => void
}
/** A thread that has begun. */
type Begun = { readonly worker: Worker; readonly nativeCalls: NativeCalls }
type Seat<Task, Result> = Begun & {
  job: Job<Task, Result> | undefined
  timer: NodeJS.Timeout | undefined
}

type Pool<Task, Result> = {
  readonly options: WorkerPoolOptions
  readonly queue: Job<Task, Result>[]
  readonly seats: Set<Seat<Task, Result>>
  /** Workers that are on their way to a seat, or from one. */
  readonly moving: Set<Promise<void>>
  readonly ending: AbortController
  /** Why no worker is up, once a start has failed while there was none. */
  outage: string | undefined
}

const isStopping = <Task, Result>({ ending }: Pool<Task, Result>): boolean => ending.signal.aborted

const settle = <Task, Result>(seat: Seat<Task, Result>, answer: WorkerAnswer<Result>): void => {
  clearTimeout(seat.timer)
  const job = seat.job
  seat.job = undefined
  job?.settle(answer)
}

const giveWork = <Task, Result>(pool: Pool<Task, Result>, seat: Seat<Task, Result>): void => {
  if (seat.job !== undefined || !pool.seats.has(seat)) return
  const job = pool.queue.shift()
  if (job === undefined) return
  seat.job = job
  const limit = pool.options.taskTimeoutMs
  seat.timer = setTimeout(() => {
    unseat(pool, seat, { kind: 'timed-out', detail: `no answer within ${limit} ms` })
  }, limit)
  const { task, transfer } = job.make()
  seat.worker.postMessage(task, [...transfer])
}

/** Ends a thread, as soon as it is in no call into a native library: another one has its seat by then. */
const end = async ({ worker, nativeCalls }: Begun): Promise<void> => {
  const gone = new Promise((resolve) => worker.once('exit', resolve))
  await Promise.race([closeNativeCalls(nativeCalls), gone])
  await worker.terminate()
}

/** Takes a dead or hung worker out, fails its task alone, and seats another. */
const unseat = <Task, Result>(
  pool: Pool<Task, Result>,
  seat: Seat<Task, Result>,
  failure: WorkerFailure,
): void => {
  if (!pool.seats.delete(seat)) return
  const { name, logger, onReplaced } = pool.options
  follow(pool, end(seat))
  settle(seat, { ok: false, failure: isStopping(pool) ? stopped : failure })
  if (isStopping(pool)) return
  onReplaced?.(failure)
  logger.warn({ pool: name, ...failure, runbook }, 'worker replaced')
  follow(pool, seatAgain(pool))
}

const runbook = 'docs/runbook/worker-crashes.md'
const stopped: WorkerFailure = { kind: 'unavailable', detail: 'the pool was stopped' }
const longestRestartMs = 60_000

/** Seats a worker, however often that fails: with none up, what waits is told so, and can come again. */
const seatAgain = async <Task, Result>(pool: Pool<Task, Result>): Promise<void> => {
  const { name, logger, firstRestartMs = 500 } = pool.options
  for (let waitMs = firstRestartMs; !isStopping(pool); waitMs = Math.min(2 * waitMs, longestRestartMs)) {
    try {
      return await takeSeat(pool)
    } catch (error) {
      const fields = { pool: name, up: pool.seats.size, waitMs, error: messageOf(error), runbook }
      logger.error(fields, 'worker cannot start, trying again')
      if (pool.seats.size === 0) declareOutage(pool, messageOf(error))
    }
    await realPause(waitMs, pool.ending.signal)
  }
}

const declareOutage = <Task, Result>(pool: Pool<Task, Result>, detail: string): void => {
  pool.outage = detail
  for (const job of pool.queue.splice(0)) job.settle({ ok: false, failure: { kind: 'unavailable', detail } })
}

const follow = <Task, Result>(pool: Pool<Task, Result>, move: Promise<void>): void => {
  const followed = move.finally(() => pool.moving.delete(followed))
  pool.moving.add(followed)
}

const takeSeat = async <Task, Result>(pool: Pool<Task, Result>): Promise<void> => {
  const begun = await startWorker(pool.options)
  if (isStopping(pool)) return end(begun)
  const { worker } = begun
  const seat: Seat<Task, Result> = { ...begun, job: undefined, timer: undefined }
  worker.on('message', (value: Result) => {
    settle(seat, { ok: true, value })
    giveWork(pool, seat)
  })
  worker.on('error', (error) => unseat(pool, seat, crashed(error)))
  worker.on('exit', (code) => unseat(pool, seat, { kind: 'crashed', detail: `worker exited with ${code}` }))
  pool.seats.add(seat)
  pool.outage = undefined
  giveWork(pool, seat)
}

/**
 * Starts the workers and resolves when each has said that it is ready (`readyMessage`). A worker that dies or hangs is replaced, and
 * costs the task that it was doing; the others go on.
 */
export const startWorkerPool = async <Task, Result>(
  options: WorkerPoolOptions,
): Promise<WorkerPool<Task, Result>> => {
  const pool: Pool<Task, Result> = {
    options,
    queue: [],
    seats: new Set(),
    moving: new Set(),
    ending: new AbortController(),
    outage: undefined,
  }
  await Promise.all(Array.from({ length: options.size }, () => takeSeat(pool)))
  const runWhenFree: WorkerPool<Task, Result>['runWhenFree'] = (make) =>
    new Promise((resolve) => {
      const { outage } = pool
      if (outage !== undefined || isStopping(pool)) {
        const failure = outage === undefined ? stopped : { kind: 'unavailable' as const, detail: outage }
        return resolve({ ok: false, failure })
      }
      pool.queue.push({ make, settle: resolve })
      for (const seat of pool.seats) giveWork(pool, seat)
    })
  return {
    size: options.size,
    queued: () => pool.queue.length,
    up: () => pool.seats.size,
    heapBytes: () => heapBytesOf([...pool.seats].map(({ worker }) => worker)),
    run: (task, transfer = []) => runWhenFree(() => ({ task, transfer })),
    runWhenFree,
    stop: async () => {
      pool.ending.abort()
      for (const job of pool.queue.splice(0)) job.settle({ ok: false, failure: stopped })
      await Promise.all([...[...pool.seats].map(end), ...pool.moving])
    },
  }
}

/** A worker that ends just now has no heap. */
const heapBytesOf = async (workers: readonly Worker[]): Promise<number> => {
  const found = await Promise.allSettled(workers.map((worker) => worker.getHeapStatistics()))
  return found.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value.total_heap_size : 0), 0)
}

const crashed = (error: unknown): WorkerFailure => ({ kind: 'crashed', detail: messageOf(error) })

/** What a worker says first, when it can take tasks. */
export const readyMessage = (): { readonly ready: NativeCalls } => ({ ready: ownNativeCalls })

const startWorker = (options: WorkerPoolOptions): Promise<Begun> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(options.file, {
      name: options.name,
      workerData: options.workerData,
      resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb },
    })
    const limitMs = options.startLimitMs ?? 120_000
    const timer = setTimeout(() => {
      reject(new Error(`worker was not ready within ${limitMs} ms`))
      void worker.terminate()
    }, limitMs)
    const died = (error: Error): void => reject(error)
    const exited = (code: number): void => reject(new Error(`worker exited with ${code} at its start`))
    worker.on('error', died)
    worker.on('exit', exited)
    worker.once('exit', () => clearTimeout(timer))
    worker.once('message', (message) => {
      clearTimeout(timer)
      // Only these two: `removeAllListeners` would also take away Node's own.
      worker.off('error', died)
      worker.off('exit', exited)
      if (message?.ready instanceof Int32Array) resolve({ worker, nativeCalls: message.ready })
      else reject(new Error('the worker did not begin by saying that it is ready'))
    })
  })
