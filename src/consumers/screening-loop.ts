import { filmRecordOf } from '../contracts/film-record.ts'
import type { FilmLane } from '../contracts/lane.ts'
import type { AlarmRaiser, FilmScreener } from '../contracts/ports.ts'
import type { Verdict } from '../contracts/verdict.ts'
import type { ByteBudget } from '../runtime/byte-budget.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Every } from '../runtime/every.ts'
import type { ConsumedRecord, RecordHandler } from '../runtime/kafka/types.ts'
import { type KeepTryingOptions, keepTrying } from '../runtime/keep-trying.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { startCommitter } from './committer.ts'
import { createFailureWindow, type FailureWindow } from './failure-window.ts'
import {
  createPartitionAlarm,
  evidenceOf,
  isFromLaterVersion,
  type PartitionAlarm,
  raiseCut,
} from './partition-alarm.ts'
import { createPartitionWork, type PartitionWork } from './partition-work.ts'
import { weighRecord } from './weigh-record.ts'

export type ScreeningLoopDeps = {
  readonly screener: FilmScreener
  /** Publishes a verdict and resolves when Kafka has stored it. */
  readonly publishVerdict: (verdict: Verdict) => Promise<void>
  readonly alarms: AlarmRaiser
  readonly budget: ByteBudget
  /** The lane that this loop reads: a label of its metrics. */
  readonly lane: FilmLane
  readonly telemetry: Telemetry
  readonly logger: Logger
  readonly pause: KeepTryingOptions['pause']
  readonly every: Every
  readonly now: () => Date
  readonly commitIntervalMs: number
}

/**
 * The screening loop: film in, verdict out. For each record, in this order:
 *   1. room within the byte budget, 2. screening, 3. the verdict acknowledged by Kafka,
 *   4. the record counts as done, 5. the offset below the lowest record in work is committed.
 */
export const createScreeningLoop = (deps: ScreeningLoopDeps): RecordHandler & Running => {
  const work = createPartitionWork()
  const windows = new Map<string, FailureWindow>()
  const committer = startCommitter(deps, work)
  const alarm = createPartitionAlarm(deps)
  const settle = createSettleFilm(deps, { work, windows, alarm })
  return {
    assigned: (assignment, control) => {
      windows.clear()
      work.assigned(assignment, control)
      // What waits for room belongs to an assignment that is over.
      deps.budget.dismiss()
      committer.follow(assignment.epoch)
    },
    accept: async (record, epoch) => {
      const bytes = weighRecord(record)
      await deps.budget.acquire(bytes)
      if (!work.begin(record, epoch)) {
        deps.budget.release(bytes)
        return false
      }
      if (isFromLaterVersion(record)) {
        work.hold(record, epoch)
        deps.budget.release(bytes)
        await alarm(
          record,
          'unknown-schema-version',
          'an event of a later version: partition paused',
          evidenceOf(record),
        )
        return false
      }
      deps.telemetry
        .span('screen film', { traceparent: record.headers['traceparent'] }, () => settle(record, epoch))
        .catch((error: unknown) => deps.logger.error({ error: messageOf(error) }, 'screening broke'))
        .finally(() => deps.budget.release(bytes))
      return true
    },
    drain: async (epoch) => {
      const settled = work.settle(epoch)
      if (work.isCurrent(epoch)) deps.budget.dismiss()
      await settled
      await committer.commitNow(epoch)
    },
    cut: (cut) => void raiseCut(alarm, cut),
    stop: async () => {
      work.end()
      await committer.stop()
    },
  }
}

type Shared = { work: PartitionWork; windows: Map<string, FailureWindow>; alarm: PartitionAlarm }

const createSettleFilm = (deps: ScreeningLoopDeps, { work, windows, alarm }: Shared) => {
  const instruments = createInstruments(deps)
  const insist = <Result>(epoch: number, what: string, attempt: () => Promise<Result>) =>
    keepTrying(attempt, {
      what,
      isWanted: () => work.isCurrent(epoch),
      logger: deps.logger,
      pause: deps.pause,
    })
  return async (record: ConsumedRecord, epoch: number): Promise<void> => {
    const film = filmRecordOf(record)
    const screened = await insist(epoch, 'screening failed, trying again', () => deps.screener.screen(film))
    if (screened === undefined || !work.isCurrent(epoch)) return
    const verdict = screened.value
    if (windowOf(windows, record).note(verdict.outcome.kind === 'deadLettered')) {
      if (work.hold(record, epoch))
        await alarm(
          record,
          'most-records-fail',
          'more than half of 100 records failed: partition paused',
          evidenceOf(record),
        )
      return
    }
    const stored = await insist(epoch, 'verdict not stored, trying again', () => deps.publishVerdict(verdict))
    if (stored === undefined) return
    work.finish(record, epoch)
    instruments.screened(verdict)
  }
}

const windowOf = (windows: Map<string, FailureWindow>, record: ConsumedRecord): FailureWindow => {
  const key = `${record.topic}:${record.partition}`
  const window = windows.get(key) ?? createFailureWindow()
  windows.set(key, window)
  return window
}

const createInstruments = (deps: ScreeningLoopDeps) => {
  const screened = deps.telemetry.meter.createCounter('consumers_screened_films_total')
  deps.telemetry.meter
    .createObservableGauge('consumers_film_bytes_in_flight_bytes')
    .addCallback((result) => result.observe(deps.budget.held(), { lane: deps.lane }))
  const labelOf = ({ outcome }: Verdict): Record<string, string> => {
    const common = { lane: deps.lane, outcome: outcome.kind }
    if (outcome.kind === 'rejected') return { ...common, reason: outcome.reason }
    return outcome.kind === 'deadLettered' ? { ...common, code: outcome.code } : common
  }
  return { screened: (verdict: Verdict) => screened.add(1, labelOf(verdict)) }
}
