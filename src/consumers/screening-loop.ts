import { recordPointerOf } from '../contracts/identifiers.ts'
import type { FilmLane } from '../contracts/lane.ts'
import type { AlarmRaiser, FilmScreener } from '../contracts/ports.ts'
import type { Verdict } from '../contracts/verdict.ts'
import type { ByteBudget } from '../runtime/byte-budget.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Every } from '../runtime/every.ts'
import type { ConsumedRecord, RecordHandler } from '../runtime/kafka/types.ts'
import type { KeepTryingOptions } from '../runtime/keep-trying.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Progress } from '../runtime/progress.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { startCommitter } from './committer.ts'
import { createDecideFilm, createStoreVerdict, type FilmInWork } from './decide-film.ts'
import { createDeploymentGate, type DeploymentGate } from './deployment-gate.ts'
import { createFilmInstruments, type FilmInstruments } from './film-instruments.ts'
import {
  createPartitionAlarm,
  createRaiseAlarm,
  evidenceOf,
  isFromLaterVersion,
  type PartitionAlarm,
  type RaiseAlarm,
  raiseTopicCut,
} from './partition-alarm.ts'
import { createPartitionWork, type PartitionWork } from './partition-work.ts'
import type { PlacesSetAside } from './places-set-aside.ts'
import { createRecordsInWork, type RecordsInWork } from './records-in-work.ts'
import { createSenderWatch } from './sender-watch.ts'
import { watchStuckRecords } from './watch-stuck-records.ts'
import { weighRecord } from './weigh-record.ts'

export type ScreeningLoopDeps = {
  readonly screener: FilmScreener
  /** Publishes a verdict and resolves when Kafka has stored it. */
  readonly publishVerdict: (verdict: Verdict) => Promise<void>
  readonly alarms: AlarmRaiser
  readonly budget: ByteBudget
  /** The lane that this loop reads: a label of its metrics. */
  readonly lane: FilmLane
  /** Records that operators have set aside. */
  readonly setAside: PlacesSetAside
  /** The process that this is, for people who look for the one that fails. */
  readonly worker: string
  readonly telemetry: Telemetry
  readonly logger: Logger
  readonly pause: KeepTryingOptions['pause']
  readonly every: Every
  readonly now: () => Date
  /** Told of everything that shows that the loop is alive. */
  readonly progress: Progress
  readonly commitIntervalMs: number
  /** How long a record may be in work before people are told. */
  readonly stuckAfterMs: number
}

type Loop = {
  readonly work: PartitionWork
  readonly records: RecordsInWork<FilmInWork>
  readonly gate: DeploymentGate<FilmInWork>
  readonly raise: RaiseAlarm
  readonly instruments: FilmInstruments
}

/**
 * The screening loop: film in, verdict out. For each record, in this order:
 *   1. room within the byte budget, 2. screening, 3. the verdict acknowledged by Kafka,
 *   4. the record counts as done, 5. the offset below the lowest record in work is committed.
 */
export const createScreeningLoop = (deps: ScreeningLoopDeps): RecordHandler & Running => {
  const { loop, begin, leave } = createLoop(deps)
  const { work, records, gate } = loop
  const committer = startCommitter(deps, work)
  const alarm = createPartitionAlarm(loop.raise)
  const stopWatching = watchStuckRecords({
    ...deps,
    records,
    raise: loop.raise,
    letGo: ({ epoch, setAside }) => {
      const isOver = !work.isCurrent(epoch)
      if (isOver) setAside.resolve()
      return isOver
    },
    isWatched: () => !gate.isStopped(),
  })
  return {
    assigned: (assignment, control) => {
      work.assigned(assignment, control)
      for (const film of gate.assigned()) leave(film)
      // What waits for room belongs to an assignment that is over.
      deps.budget.dismiss()
      committer.follow(assignment.epoch)
    },
    accept: createAccept(deps, loop, { begin, alarm }),
    drain: async (epoch) => {
      const settled = work.settle(epoch)
      if (work.isCurrent(epoch)) deps.budget.dismiss()
      await settled
      await committer.commitNow(epoch)
    },
    cut: (cut) => void raiseTopicCut(alarm, cut),
    stop: async () => {
      work.end()
      stopWatching()
      gate.stop()
      await committer.stop()
    },
  }
}

/** Creates what takes a record in when there is room for it. */
const createAccept = (
  { budget, progress }: ScreeningLoopDeps,
  { work, gate }: Loop,
  { begin, alarm }: { begin: (film: FilmInWork) => void; alarm: PartitionAlarm },
): RecordHandler['accept'] => {
  const refuse = (film: FilmInWork): false => {
    gate.ended(film)
    budget.release(film.bytes)
    return false
  }
  return async (record, epoch) => {
    const bytes = weighRecord(record)
    await budget.acquire(bytes)
    const film = filmInWork(record, epoch, bytes, progress.nowMs())
    if (!gate.admits(film) || !work.begin(record, epoch)) return refuse(film)
    progress.moved()
    if (!isFromLaterVersion(record)) {
      begin(film)
      return true
    }
    work.hold(record, epoch)
    refuse(film)
    const title = 'an event of a later version: partition paused'
    await alarm(record, 'unknown-schema-version', title, evidenceOf(record))
    return false
  }
}

const filmInWork = (record: ConsumedRecord, epoch: number, bytes: number, beganAtMs: number): FilmInWork => ({
  at: record,
  record,
  epoch,
  bytes,
  beganAtMs,
  lastError: undefined,
  setAside: Promise.withResolvers<void>(),
  isSetAside: false,
})

const createLoop = (deps: ScreeningLoopDeps) => {
  const work = createPartitionWork()
  const raise = createRaiseAlarm(deps)
  const records = createRecordsInWork<FilmInWork>(deps.stuckAfterMs, deps.progress.nowMs)
  const instruments = createFilmInstruments(deps, records)
  const leave = (film: FilmInWork): void => {
    records.remove(film)
    gate.ended(film)
    deps.budget.release(film.bytes)
  }
  const begin = (film: FilmInWork): void => {
    film.beganAtMs = deps.progress.nowMs()
    records.add(film)
    const { traceparent } = film.record.headers
    deps.telemetry
      .span('screen film', { traceparent }, () => settle(film))
      .then(
        (end) => {
          if (end === 'over') leave(film)
        },
        // It stays in hand, so that people are told of it and can set it aside.
        (error: unknown) => deps.logger.error({ error: messageOf(error) }, 'screening broke'),
      )
  }
  const gate = createDeploymentGate<FilmInWork>({
    every: deps.every,
    uptimeMs: deps.progress.nowMs,
    pause: work.pauseAll,
    resume: work.resumeAll,
    park: ({ record, epoch }) => work.park(record, epoch),
    tryAgain: (film) => (work.unpark(film.record, film.epoch) ? begin(film) : leave(film)),
    onStop: ({ record }, tally) => {
      const evidence = { offset: record.offset.toString(), worker: deps.worker, ...tally }
      const title = 'most films fail through this deployment: stopped, some are tried now and then'
      const scope = `${record.topic}:${record.partition}`
      void raise({ kind: 'most-records-fail', severity: 'critical', scope, title, evidence })
    },
    onGoOn: () => deps.logger.warn({ lane: deps.lane, worker: deps.worker }, 'a film went well: going on'),
  })
  const loop: Loop = { work, records, gate, raise, instruments }
  const settle = createSettleFilm(deps, loop)
  deps.progress.watch(() => records.count() > 0 && !gate.isStopped())
  deps.setAside.follow((place) => {
    for (const film of records.at(place)) {
      film.isSetAside = true
      film.setAside.resolve()
      if (gate.takeOut(film) && work.unpark(film.record, film.epoch)) begin(film)
    }
  })
  return { loop, begin, leave }
}

/** What became of a film: it is over, whatever the reason, or held back to be tried again. */
type Settled = 'over' | 'held'

const createSettleFilm = (deps: ScreeningLoopDeps, { work, gate, raise, instruments }: Loop) => {
  const decide = createDecideFilm(deps, work.isCurrent)
  const publish = createStoreVerdict(deps, work.isCurrent)
  const watchSender = createSenderWatch(deps.progress.nowMs)
  return async (film: FilmInWork): Promise<Settled> => {
    const { record, epoch } = film
    film.isSetAside ||= deps.setAside.has(recordPointerOf(record))
    const verdict = await decide(film)
    if (verdict === undefined || !work.isCurrent(epoch)) return 'over'
    if (!film.isSetAside && !gate.passes(film, verdict)) return 'held'
    const stored = await publish(film, verdict)
    if (stored === undefined) return 'over'
    work.finish(record, epoch)
    deps.progress.moved()
    instruments.screened(stored)
    const fails = watchSender(stored)
    if (fails !== undefined)
      void raise({
        kind: 'sender-fails',
        severity: 'warning',
        scope: fails.sender,
        title: "most of one sender's records fail",
        evidence: fails.evidence,
      })
    return 'over'
  }
}
