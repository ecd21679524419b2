import { setTimeout as delay } from 'node:timers/promises'
import { followModels } from '../consumers/model-schedule.ts'
import { followPlacesSetAside } from '../consumers/places-set-aside.ts'
import { createScreeningLoop, type ScreeningLoopDeps } from '../consumers/screening-loop.ts'
import { createSenderAlarm } from '../consumers/sender-alarm.ts'
import { followSites } from '../consumers/site-directory.ts'
import type { AlarmRaiser, BlobStore, ModelSchedule } from '../contracts/ports.ts'
import { alarmsTopic, consumerGroups, filmLanes, verdictsTopic } from '../contracts/topics.ts'
import type { Verdict } from '../contracts/verdict.ts'
import { createClassifyCrop } from '../inference/classifiers/classify-crops.ts'
import { finderIdentityOf } from '../inference/packages/model-manifest.ts'
import { createCrashAlarm } from '../inference/pipeline/crash-alarm.ts'
import { createFilmScreener, type ScreeningDeps } from '../inference/pipeline/screen-film.ts'
import type { FilmAnswer, FilmTask, FilmWorkerData } from '../inference/workers/film-tasks.ts'
import type { Settings } from '../runtime/config.ts'
import { RetryLater } from '../runtime/errors.ts'
import { everyReally } from '../runtime/every.ts'
import type { Health } from '../runtime/health.ts'
import { letHeapGrow } from '../runtime/heap-growth.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import { createCoalescingPublisher } from '../runtime/kafka/coalesce.ts'
import type { KafkaClient } from '../runtime/kafka/kafka-client.ts'
import type { KafkaAdmin, RecordPublisher } from '../runtime/kafka/types.ts'
import { createLaneBudgets } from '../runtime/lane-budgets.ts'
import { type Lifecycle, type Running, startParts } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { processName } from '../runtime/process-id.ts'
import { createProgress, type Progress } from '../runtime/progress.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { startWorkerPool } from '../runtime/worker-pool.ts'
import { openServingShelf, refuseMissingPackages, type ServingShelf } from './serving-shelf.ts'
import { watchLoops } from './watch-loops.ts'
import { watchWorkers } from './watch-workers.ts'

export type RoleDeps = {
  readonly settings: Settings
  readonly kafka: KafkaClient
  /** Under which the engine vouches for what it sends itself. */
  readonly engineKey: Uint8Array
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly health: Pick<Health, 'mustHold' | 'mustHappen'>
  /** Called when the role cannot go on. */
  readonly onCrash: (error: Error) => void
}

export const verdictRecord = (verdict: Verdict, traceparent: string | undefined) => {
  const id = verdict.attributed ? verdict.arrivalId : verdict.pointer
  const subject = verdict.attributed ? verdict.eventId : verdict.pointer
  const metadata = { id, subject, source: '/screening', time: verdict.screenedAt, traceparent }
  const record = encodeJsonEvent(verdictsTopic, subject, metadata, verdict)
  // The ledger compares partition with partition: a verdict stands in that of its image, whatever its key.
  return isLane(verdict.image.topic) ? { ...record, partition: verdict.image.partition } : record
}

const isLane = (topic: string): boolean => Object.values(filmLanes).some(({ name }) => name === topic)

/** Raises alarms on their topic. */
export const alarmRaiserOn = (publisher: RecordPublisher): AlarmRaiser => ({
  raise: async (alarm) => {
    const metadata = { id: alarm.alarmId, subject: alarm.scope, source: '/engine', time: alarm.raisedAt }
    await publisher.publish(alarmsTopic, encodeJsonEvent(alarmsTopic, alarm.alarmId, metadata, alarm))
  },
})

const startFilmPool = (deps: RoleDeps, shelf: ServingShelf, alarms: AlarmRaiser) => {
  letHeapGrow()
  const workerData: FilmWorkerData = {
    finders: shelf.finders.map(({ folder, manifest }) => ({
      folder,
      digest: finderIdentityOf(manifest).digest,
    })),
    cropSizes: shelf.cropSizes,
    provider: deps.settings.executionProvider,
  }
  const crashed = createCrashAlarm({ alarms, logger: deps.logger, now: () => new Date() })
  const replaced = deps.telemetry.meter.createCounter('inference_workers_replaced_total')
  return startWorkerPool<FilmTask, FilmAnswer>({
    name: 'film',
    file: new URL('../inference/workers/film-worker.ts', import.meta.url),
    size: deps.settings.screeningWorkers,
    workerData,
    taskTimeoutMs: 30_000,
    maxHeapMb: 1024,
    logger: deps.logger,
    onReplaced: (failure) => {
      replaced.add(1, { kind: failure.kind })
      void crashed(failure)
    },
  })
}

export type ScreeningNeeds = {
  readonly blobs: BlobStore
  readonly alarms: AlarmRaiser
  /** Stops what is started. */
  readonly lifecycle: Lifecycle
}

/** Everything that screening needs but the choice of packages. */
export type ScreeningParts = Omit<ScreeningDeps, 'schedule' | 'finderAt'> & {
  readonly admin: KafkaAdmin
  readonly shelf: ServingShelf
}

/** Starts everything that screening needs but the choice of packages. */
export const startScreeningParts = async (
  deps: RoleDeps,
  { blobs, alarms, lifecycle }: ScreeningNeeds,
): Promise<ScreeningParts> => {
  const shelf = await openServingShelf(deps.settings, deps.logger)
  const admin = await deps.kafka.connectAdmin()
  lifecycle.add('kafka admin', admin.stop)
  const { engineKey, settings } = deps
  const follow = { consume: deps.kafka.consume, admin, engineKey, logger: deps.logger, onCrash: deps.onCrash }
  const sites = await followSites(follow)
  lifecycle.add('site registry', sites.stop)
  const pool = await startFilmPool(deps, shelf, alarms)
  lifecycle.add('film workers', pool.stop)
  const classify = createClassifyCrop({ pool, batchSize: deps.settings.batchSize, maxWaitMs: 2 })
  const clockLimits = { epoch: settings.epoch, spoolLimitMs: settings.spoolDays * 24 * 3600 * 1000 }
  const now = () => new Date()
  const { telemetry } = deps
  return { telemetry, sites, shelf, pool, blobs, classify, engineKey, clockLimits, now, admin }
}

/** The finder of a schedule that is on the shelf. Throws RetryLater where none is: the film waits until one is. */
const finderOn =
  (schedule: ModelSchedule, shelf: ServingShelf): ScreeningDeps['finderAt'] =>
  (instant) => {
    const finder = schedule.finderAt(instant)
    if (finder !== undefined && shelf.findFinder(finder.digest) !== undefined) return finder
    throw new RetryLater(`no usable finder for films received at ${instant}`)
  }

const startScreener = async (deps: RoleDeps, needs: ScreeningNeeds) => {
  const { admin, ...parts } = await startScreeningParts(deps, needs)
  const { kafka, engineKey, logger, onCrash } = deps
  const schedule = await followModels({ consume: kafka.consume, admin, engineKey, logger, onCrash })
  needs.lifecycle.add('model schedule', schedule.stop)
  refuseMissingPackages(schedule, parts.shelf, deps.settings, parts.now())
  const setAside = await followPlacesSetAside({ consume: kafka.consume, admin, engineKey, logger, onCrash })
  needs.lifecycle.add('set-aside records', setAside.stop)
  const classify = watchWorkers(deps, parts, needs)
  const finderAt = finderOn(schedule, parts.shelf)
  const screener = createFilmScreener({ ...parts, classify, schedule, finderAt })
  return { screener, setAside, sites: parts.sites }
}

/** A few films at a time: the main thread unpacks a fetch in one go, and its heartbeats wait for it. */
export const screeningFetchBytes = 4 * 1024 * 1024

/** What a running loop shows of itself. */
export type RunningLoop = Running & {
  /** When its consumer last heard from Kafka, by `performance.now`. */
  readonly lastTickAt: () => number
  readonly progress: Progress
}

/** What a stop needs besides finishing what is in work: leaving Kafka, workers that finish a call. */
const leavingMs = 12_000

/** How long a consumer may finish what is in work when its process is asked to end. */
export const stopLimitMs = ({ gracePeriodS }: Pick<Settings, 'gracePeriodS'>): number =>
  Math.max(1000, gracePeriodS * 1000 - leavingMs)

type LaneParts = Pick<
  ScreeningLoopDeps,
  'screener' | 'publishVerdict' | 'alarms' | 'budget' | 'lane' | 'setAside'
> & {
  readonly groupId: string
}

const startLane = (deps: RoleDeps, { groupId, ...parts }: LaneParts) =>
  startParts(deps.logger, async (lifecycle) => {
    const progress = createProgress()
    const loop = createScreeningLoop({
      ...parts,
      worker: processName(),
      progress,
      stuckAfterMs: deps.settings.stuckRecordS * 1000,
      telemetry: deps.telemetry,
      logger: deps.logger,
      pause: (ms) => delay(ms),
      every: everyReally,
      now: () => new Date(),
      commitIntervalMs: 250,
    })
    lifecycle.add('screening loop', loop.stop)
    const consumer = await deps.kafka.consume({
      groupId,
      topics: [filmLanes[parts.lane].name],
      fetchBytes: screeningFetchBytes,
      sessionTimeoutMs: deps.settings.sessionTimeoutMs,
      stopLimitMs: stopLimitMs(deps.settings),
      handler: loop,
      onCrash: deps.onCrash,
    })
    lifecycle.add('screening consumer', consumer.stop)
    return { lastTickAt: consumer.lastTickAt, progress }
  })

/** Starts the loops of both lanes over the same workers; they stop side by side, so that neither waits for the other. */
const startLanes = async (deps: RoleDeps, lifecycle: Lifecycle, lanes: readonly LaneParts[]) => {
  const starts = await Promise.allSettled(lanes.map((lane) => startLane(deps, lane)))
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  lifecycle.add('film lanes', async () => {
    const ends = await Promise.allSettled(running.map(({ stop }) => stop()))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  })
  for (const start of starts) if (start.status === 'rejected') throw start.reason
  return running
}

/** Starts a screening process: films in, verdicts out. */
export const startScreening = (deps: RoleDeps, blobs: BlobStore): Promise<Running> =>
  startParts(deps.logger, async (lifecycle) => {
    const [modelsAreLoaded, lanesAreAssigned] = ['models', 'screening assignment'].map(deps.health.mustHappen)
    const publisher = await deps.kafka.connectPublisher()
    lifecycle.add('verdict publisher', publisher.stop)
    const alarms = alarmRaiserOn(publisher)
    const { screener, setAside, sites } = await startScreener(deps, { blobs, alarms, lifecycle })
    modelsAreLoaded?.()
    const publish = createCoalescingPublisher(publisher, verdictsTopic)
    const { bytesInFlight, screeningWorkers, backfillSharePercent } = deps.settings
    const budgets = createLaneBudgets({
      limitBytes: bytesInFlight,
      slots: screeningWorkers,
      yieldingShare: backfillSharePercent / 100,
    })
    const noteSender = createSenderAlarm({
      isRegistered: (siteId, instant) => sites.find(siteId, instant) !== undefined,
      alarms,
      logger: deps.logger,
      now: () => new Date(),
    })
    const shared = {
      screener,
      setAside,
      alarms,
      publishVerdict: async (verdict: Verdict) => {
        await publish(verdictRecord(verdict, deps.telemetry.traceparent()))
        noteSender(verdict)
      },
    }
    const lanes = await startLanes(deps, lifecycle, [
      { ...shared, lane: 'live', budget: budgets.leading, groupId: consumerGroups.screening },
      { ...shared, lane: 'backfill', budget: budgets.yielding, groupId: consumerGroups.backfill },
    ])
    lanesAreAssigned?.()
    const [live, backfill] = lanes
    watchLoops(
      deps,
      [
        ...(live === undefined ? [] : [{ ...live, name: 'screening', topic: filmLanes.live.name }]),
        ...(backfill === undefined
          ? []
          : [{ ...backfill, name: 'backfill', topic: filmLanes.backfill.name }]),
      ],
      lifecycle,
    )
    return {}
  })
