/**
 * CPU-seconds a film of the screening loop over a preloaded backlog, against a bare loop that decodes and runs the same
 * models in the same number of workers, in turn in one run; event-loop delay under load against an idle timer.
 */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { createScreeningLoop } from '../src/consumers/screening-loop.ts'
import { signedText } from '../src/contracts/image-event.ts'
import { imagesTopic, topics, verdictsTopic } from '../src/contracts/topics.ts'
import { openModelShelf } from '../src/inference/classifier-shelf.ts'
import { createClassifyCrop } from '../src/inference/classify-crops.ts'
import type { FilmAnswer, FilmTask, FilmWorkerData } from '../src/inference/film-tasks.ts'
import { identityOf } from '../src/inference/model-manifest.ts'
import { createFilmScreener } from '../src/inference/screen-film.ts'
import { gateFilm } from '../src/producers/gate-film.ts'
import { seededSiteKeys } from '../src/producers/site-keys.ts'
import { verdictRecord } from '../src/roles/start-screening.ts'
import { createByteBudget } from '../src/runtime/byte-budget.ts'
import { createCoalescingPublisher } from '../src/runtime/kafka/coalesce.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { startTelemetry } from '../src/runtime/telemetry.ts'
import { startWorkerPool } from '../src/runtime/worker-pool.ts'
import { describeClinics } from '../src/simulation/clinics/describe-clinics.ts'
import { createMakeFile } from '../src/simulation/clinics/make-file.ts'
import { hex } from '../test/support/results.ts'
import { spreadOf, withServices } from './support.ts'

const films = 120
const workers = 2
/** A model of this many crops a film takes about as long as the larger ones that are to come. */
const modelsDir = fileURLToPath(new URL('../models', import.meta.url))
const { privateKey, publicKey } = generateKeyPairSync('ed25519')

const drawFilms = async (): Promise<Uint8Array[]> => {
  const clinics = describeClinics({ clinics: 1, regions: 1, seed: 3 })
  const make = createMakeFile({ clinics, seed: 3, filmSize: 1024 })
  const keys = seededSiteKeys({ siteId: clinics[0]?.siteId ?? '', seed: 3 })
  const drawn: Uint8Array[] = []
  for (let film = 0; film < 12; film += 1) {
    const at = '2026-03-01T10:00:00.000Z'
    const planned = {
      index: film,
      siteId: clinics[0]?.siteId ?? '',
      kind: 'film',
      sentAt: at,
      film,
      person: film,
      view: 'pelvis',
      acquiredAt: at,
    } as const
    const gated = await gateFilm((await make(planned)).bytes, keys)
    if (gated.kind === 'passed') drawn.push(gated.film)
  }
  return drawn
}

const headersOf = (film: Uint8Array): Record<string, string> => {
  const contentSha256 = createHash('sha256').update(film).digest('hex')
  const event = {
    arrivalId: randomUUID(),
    eventId: hex(randomUUID()),
    siteId: 'bench',
    receivedAt: '2026-03-01T10:00:00.000Z',
    contentSha256,
  }
  return {
    'content-type': 'application/dicom',
    ce_specversion: '1.0',
    ce_type: imagesTopic.eventType,
    ce_source: '/sites/bench',
    ce_id: event.arrivalId,
    ce_subject: event.eventId,
    ce_time: event.receivedAt,
    ce_siteid: event.siteId,
    ce_sitesig: sign(null, Buffer.from(signedText(event)), privateKey).toString('base64'),
    ce_sitekeyid: 'k',
    ce_contentsize: String(film.length),
    ce_contentsha256: contentSha256,
    ce_subjectkey: hex('person'),
    ce_attempt: '1',
    ce_attributes: JSON.stringify({ ageBand: '70-74' }),
  }
}

const site = {
  siteId: 'bench',
  name: 'bench',
  region: 'bench',
  timeZone: 'UTC',
  domain: 'synthetic' as const,
  validFrom: '2020-01-01T00:00:00.000Z',
  keys: [
    {
      keyId: 'k',
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      validFrom: '2020-01-01T00:00:00.000Z',
    },
  ],
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
    const drawn = await drawFilms()
    for (let index = 0; index < films; index += 1) {
      const film = drawn[index % drawn.length]
      if (film !== undefined)
        await publisher.publish(imagesTopic, {
          key: hex(String(index)),
          value: film,
          headers: headersOf(film),
        })
    }
    const shelf = await openModelShelf(modelsDir, silentLogger)
    const model = shelf.classifiers[0]
    if (model === undefined || shelf.finder === undefined) throw new Error('no models')
    const workerData: FilmWorkerData = {
      finderFolder: shelf.finder.folder,
      cropSizes: shelf.cropSizes,
      provider: 'cpu',
    }
    const startPool = () =>
      startWorkerPool<FilmTask, FilmAnswer>({
        name: 'film',
        file: new URL('../src/inference/film-worker.ts', import.meta.url),
        size: workers,
        workerData,
        taskTimeoutMs: 60_000,
        maxHeapMb: 1024,
        logger: silentLogger,
      })

    const bare = async (): Promise<{ cpu: number; wall: number }> => {
      const pool = await startPool()
      const began = performance.now()
      const cpu = process.cpuUsage()
      let next = 0
      const work = async (): Promise<void> => {
        while (next < films) {
          const film = drawn[(next += 1) % drawn.length]
          if (film === undefined) continue
          const bytes = film.slice()
          const expected = { size: film.length, sha256: createHash('sha256').update(film).digest('hex') }
          const prepared = await pool.run({ kind: 'prepare', bytes, expected }, [bytes.buffer])
          if (!prepared.ok || prepared.value.kind !== 'prepared' || prepared.value.outcome.kind !== 'ok')
            continue
          for (const hip of prepared.value.outcome.value.hips) {
            const images = hip.crops.get(model.manifest.input.size)?.slice()
            if (images !== undefined)
              await pool.run({ kind: 'classify', packageFolder: model.folder, images, count: 1 }, [
                images.buffer,
              ])
          }
        }
      }
      await Promise.all(Array.from({ length: workers + 1 }, work))
      const result = { cpu: cpuSeconds(cpu) / films, wall: (performance.now() - began) / 1000 / films }
      await pool.stop()
      return result
    }

    const engine = async (turn: number): Promise<{ cpu: number; wall: number; delayP99Ms: number }> => {
      const pool = await startPool()
      const telemetry = startTelemetry({ service: 'bench', version: '0' })
      const identity = identityOf(model.manifest)
      const screener = createFilmScreener({
        telemetry,
        sites: { find: () => site, refresh: async () => {} },
        blobs: { get: async () => undefined, put: async () => '' },
        pool,
        schedule: { primaryAt: () => identity, shadowsAt: () => [], refresh: async () => {} },
        shelf,
        classify: createClassifyCrop({ pool, batchSize: 4, maxWaitMs: 2 }),
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
        telemetry,
        logger: silentLogger,
        pause: async () => {},
        now: () => new Date(),
        commitIntervalMs: 250,
      })
      const delay = monitorEventLoopDelay({ resolution: 5 })
      delay.enable()
      const began = performance.now()
      const cpu = process.cpuUsage()
      const consumer = await kafka.consume({
        groupId: `bench-engine-${turn}`,
        topics: [imagesTopic.name],
        fetchBytes: 16 * 1024 * 1024,
        sessionTimeoutMs: 30_000,
        handler: loop,
        onCrash: done.reject,
      })
      await done.promise
      const result = {
        cpu: cpuSeconds(cpu) / films,
        wall: (performance.now() - began) / 1000 / films,
        delayP99Ms: delay.percentile(99) / 1e6,
      }
      delay.disable()
      await consumer.stop()
      await loop.stop()
      await pool.stop()
      await telemetry.stop()
      return result
    }
    const idle = monitorEventLoopDelay({ resolution: 5 })
    idle.enable()
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const idleP99Ms = idle.percentile(99) / 1e6
    idle.disable()
    const bares: { cpu: number; wall: number }[] = []
    const engines: { cpu: number; wall: number; delayP99Ms: number }[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      bares.push(await bare())
      engines.push(await engine(turn))
    }
    await publisher.stop()
    const rssMb = Math.round(process.memoryUsage().rss / 1024 ** 2)
    return {
      films,
      workers,
      bareCpuSAFilm: spreadOf(bares.map(({ cpu }) => cpu)),
      engineCpuSAFilm: spreadOf(engines.map(({ cpu }) => cpu)),
      cpuRatioBareToEngine: spreadOf(bares.map(({ cpu }, turn) => cpu / (engines[turn]?.cpu ?? 1))),
      bareWallSAFilm: spreadOf(bares.map(({ wall }) => wall)),
      engineWallSAFilm: spreadOf(engines.map(({ wall }) => wall)),
      eventLoopDelayP99Ms: spreadOf(engines.map(({ delayP99Ms }) => delayP99Ms)),
      idleTimerP99Ms: Number(idleP99Ms.toFixed(2)),
      rssMb,
    }
  })
