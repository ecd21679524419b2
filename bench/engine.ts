/**
 * CPU-seconds a film of the screening loop over a preloaded backlog, against a bare loop that decodes and runs the same
 * models in the same number of workers and batches, in turn in one process under the settings of a screening process;
 * event-loop delay under load against the timer of an idle process that runs beside it.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { createScreeningLoop } from '../src/consumers/screening-loop.ts'
import { imagesTopic, topics, verdictsTopic } from '../src/contracts/topics.ts'
import { openModelShelf } from '../src/inference/classifiers/classifier-shelf.ts'
import { createClassifyCrop } from '../src/inference/classifiers/classify-crops.ts'
import { finderIdentityOf, identityOf } from '../src/inference/packages/model-manifest.ts'
import { createFilmScreener } from '../src/inference/pipeline/screen-film.ts'
import type { FilmAnswer, FilmTask, FilmWorkerData } from '../src/inference/workers/film-tasks.ts'
import { screeningFetchBytes, verdictRecord } from '../src/roles/start-screening.ts'
import { createByteBudget } from '../src/runtime/byte-budget.ts'
import { everyReally } from '../src/runtime/every.ts'
import { letHeapGrow } from '../src/runtime/heap-growth.ts'
import { createCoalescingPublisher } from '../src/runtime/kafka/coalesce.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { createProgress } from '../src/runtime/progress.ts'
import { startTelemetry } from '../src/runtime/telemetry.ts'
import { startWorkerPool } from '../src/runtime/worker-pool.ts'
import { drawFilms, publishBacklog, site } from './film-backlog.ts'
import { spreadOf, withServices } from './support.ts'

const films = 120
const workers = 2
/** One of the shipped models runs this often on every hip: as a primary and two shadows, as the engine runs the three. */
const readingsAHip = 3
const modelsDir = fileURLToPath(new URL('../models', import.meta.url))
const idleTimer = async () => {
  const child = fork(new URL('idle-timer.ts', import.meta.url))
  await once(child, 'message')
  return {
    start: () => void child.send('start'),
    /** The 99th percentile of its delay since the start, in milliseconds. */
    p99Ms: async (): Promise<number> => {
      const answered = once(child, 'message')
      child.send('stop')
      return Number((await answered)[0])
    },
    stop: () => void child.kill(),
  }
}

const cpuSeconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

export const run = () =>
  withServices(async ({ kafka }) => {
    const admin = await kafka.connectAdmin()
    await admin.createTopics(topics)
    await admin.stop()
    const publisher = await kafka.connectPublisher()
    letHeapGrow()
    const drawn = await drawFilms(1024)
    // As a record brings it: the bare loop has nothing to hash.
    const expected = drawn.map((film) => ({
      size: film.length,
      sha256: createHash('sha256').update(film).digest('hex'),
    }))
    await publishBacklog(publisher, drawn, films)
    const shelf = await openModelShelf(modelsDir, silentLogger)
    const model = shelf.classifiers[0]
    if (model === undefined || shelf.finder === undefined) throw new Error('no models')
    const finder = finderIdentityOf(shelf.finder.manifest)
    const workerData: FilmWorkerData = {
      finders: [{ folder: shelf.finder.folder, digest: finder.digest }],
      cropSizes: shelf.cropSizes,
      provider: 'cpu',
    }
    const startPool = () =>
      startWorkerPool<FilmTask, FilmAnswer>({
        name: 'film',
        file: new URL('../src/inference/workers/film-worker.ts', import.meta.url),
        size: workers,
        workerData,
        taskTimeoutMs: 60_000,
        maxHeapMb: 1024,
        logger: silentLogger,
      })

    const idle = await idleTimer()
    const bare = async (): Promise<{ cpu: number; wall: number }> => {
      const pool = await startPool()
      const began = performance.now()
      const cpu = process.cpuUsage()
      let next = 0
      const work = async (): Promise<void> => {
        while (next < films) {
          const place = (next += 1) % drawn.length
          const [film, expectedFilm] = [drawn[place], expected[place]]
          if (film === undefined || expectedFilm === undefined) continue
          const bytes = film.slice()
          const prepared = await pool.run(
            { kind: 'prepare', finder: finder.digest, bytes, expected: expectedFilm },
            [bytes.buffer],
          )
          if (!prepared.ok || prepared.value.kind !== 'prepared' || prepared.value.outcome.kind !== 'ok')
            continue
          for (const hip of prepared.value.outcome.value.hips) {
            const images = hip.crops.get(model.manifest.input.size)
            if (images === undefined) continue
            const batch = new Uint8Array(images.length * readingsAHip)
            for (let reading = 0; reading < readingsAHip; reading += 1)
              batch.set(images, reading * images.length)
            await pool.run(
              {
                kind: 'classify',
                packageFolder: model.folder,
                weightsDigest: identityOf(model.manifest).weightsDigest,
                images: batch,
                count: readingsAHip,
              },
              [batch.buffer],
            )
          }
        }
      }
      await Promise.all(Array.from({ length: workers + 1 }, work))
      const result = { cpu: cpuSeconds(cpu) / films, wall: (performance.now() - began) / 1000 / films }
      await pool.stop()
      return result
    }

    const engine = async (
      turn: number,
    ): Promise<{ cpu: number; wall: number; delayP99Ms: number; idleP99Ms: number }> => {
      const pool = await startPool()
      const telemetry = startTelemetry({ service: 'bench', version: '0' })
      const identity = identityOf(model.manifest)
      const screener = createFilmScreener({
        telemetry,
        sites: { find: () => site, refresh: async () => {} },
        blobs: { get: async () => undefined, put: async () => '' },
        pool,
        schedule: {
          primaryAt: () => identity,
          shadowsAt: () => Array.from({ length: readingsAHip - 1 }, () => identity),
          finderAt: () => finder,
          refresh: async () => {},
        },
        shelf,
        finderAt: () => finder,
        engineKey: new Uint8Array(32),
        clockLimits: { epoch: '2020-01-01T00:00:00.000Z', spoolLimitMs: 30 * 24 * 3600 * 1000 },
        classify: createClassifyCrop({ pool, batchSize: readingsAHip, maxWaitMs: 2 }),
        now: () => new Date(),
      })
      const publish = createCoalescingPublisher(publisher, verdictsTopic)
      const done = Promise.withResolvers<void>()
      let count = 0
      const loop = createScreeningLoop({
        screener,
        publishVerdict: async (verdict) => {
          await publish(verdictRecord(verdict, undefined))
          count += 1
          if (count === films) done.resolve()
        },
        alarms: { raise: async () => {} },
        budget: createByteBudget(64 * 1024 * 1024),
        lane: 'live',
        telemetry,
        setAside: { has: () => false, follow: () => {} },
        worker: 'bench',
        progress: createProgress(),
        stuckAfterMs: 600_000,
        logger: silentLogger,
        pause: async () => {},
        every: everyReally,
        now: () => new Date(),
        commitIntervalMs: 250,
      })
      const delay = monitorEventLoopDelay({ resolution: 5 })
      delay.enable()
      idle.start()
      const began = performance.now()
      const cpu = process.cpuUsage()
      const consumer = await kafka.consume({
        groupId: `bench-engine-${turn}`,
        topics: [imagesTopic.name],
        fetchBytes: screeningFetchBytes,
        sessionTimeoutMs: 30_000,
        handler: loop,
        onCrash: done.reject,
      })
      await done.promise
      const result = {
        cpu: cpuSeconds(cpu) / films,
        wall: (performance.now() - began) / 1000 / films,
        delayP99Ms: delay.percentile(99) / 1e6,
        idleP99Ms: await idle.p99Ms(),
      }
      delay.disable()
      await consumer.stop()
      await loop.stop()
      await pool.stop()
      await telemetry.stop()
      return result
    }
    const bares: { cpu: number; wall: number }[] = []
    const engines: Awaited<ReturnType<typeof engine>>[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      bares.push(await bare())
      engines.push(await engine(turn))
    }
    await publisher.stop()
    idle.stop()
    const rssMb = Math.round(process.memoryUsage().rss / 1024 ** 2)
    return {
      films,
      workers,
      readingsAHip,
      bareCpuSAFilm: spreadOf(bares.map(({ cpu }) => cpu)),
      engineCpuSAFilm: spreadOf(engines.map(({ cpu }) => cpu)),
      cpuRatioBareToEngine: spreadOf(bares.map(({ cpu }, turn) => cpu / (engines[turn]?.cpu ?? 1))),
      bareWallSAFilm: spreadOf(bares.map(({ wall }) => wall)),
      engineWallSAFilm: spreadOf(engines.map(({ wall }) => wall)),
      eventLoopDelayP99Ms: spreadOf(engines.map(({ delayP99Ms }) => delayP99Ms)),
      idleProcessP99Ms: spreadOf(engines.map(({ idleP99Ms }) => idleP99Ms)),
      overIdleP99Ms: spreadOf(engines.map(({ delayP99Ms, idleP99Ms }) => delayP99Ms - idleP99Ms)),
      rssMb,
    }
  })
