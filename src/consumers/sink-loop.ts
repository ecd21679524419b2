import type { ResultStore } from '../contracts/ports.ts'
import { verdictsTopic } from '../contracts/topics.ts'
import type { ConsumedPosition, ConsumedRecord, RecordHandler } from '../runtime/kafka/types.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { startCommitter } from './committer.ts'
import {
  createPartitionAlarm,
  createRaiseAlarm,
  evidenceOf,
  isFromLaterVersion,
  type PartitionAlarm,
  raiseTopicCut,
} from './partition-alarm.ts'
import { createPartitionWork, type PartitionWork } from './partition-work.ts'
import { createRecordsInWork, type RecordInWork, type RecordsInWork } from './records-in-work.ts'
import type { ReadResult } from './result-batch.ts'
import type { ScreeningLoopDeps } from './screening-loop.ts'
import { watchStuckRecords } from './watch-stuck-records.ts'
import { createWriteRows } from './write-rows.ts'

export type SinkLoopDeps = Pick<
  ScreeningLoopDeps,
  'alarms' | 'pause' | 'every' | 'now' | 'progress' | 'stuckAfterMs'
> & {
  readonly store: ResultStore
  /** Reads a record of any topic that the sink follows; what cannot be read becomes a dead letter. */
  readonly readResult: (record: ConsumedRecord) => ReadResult
  readonly telemetry: Telemetry
  readonly logger: Logger
  /** Longest wait before a row that has arrived is written. */
  readonly lingerMs: number
  /** Rows that are written at once at most. */
  readonly maxRows: number
}

/** A result that waits for its write. The bytes of its record are let go: they outweigh all the rest. */
export type Pending = {
  readonly record: ConsumedPosition
  readonly epoch: number
  readonly result: ReadResult
  /** The trace that came with a verdict. */
  readonly traceparent: string | undefined
}

const pendingOf = (record: ConsumedRecord, epoch: number, result: ReadResult): Pending => ({
  record: { topic: record.topic, partition: record.partition, offset: record.offset },
  epoch,
  result,
  traceparent: record.topic === verdictsTopic.name ? record.headers['traceparent'] : undefined,
})

/**
 * The sink loop: results into ClickHouse. For each batch, in this order: 1. rows acknowledged by ClickHouse,
 * 2. the records count as done, 3. the offsets are committed. A batch that is written twice replaces itself.
 */
export const createSinkLoop = (deps: SinkLoopDeps): RecordHandler & Running => {
  const work = createPartitionWork()
  const committer = startCommitter({ commitIntervalMs: 500, every: deps.every, logger: deps.logger }, work)
  const raise = createRaiseAlarm(deps)
  const alarm = createPartitionAlarm(raise)
  const records = createRecordsInWork(deps.stuckAfterMs, deps.progress.nowMs)
  const stopWatching = watchStuckRecords({
    ...deps,
    records,
    raise,
    letGo: () => false,
    isWatched: () => true,
  })
  const writer = startWriter(deps, { work, alarm, records })
  deps.progress.watch(() => records.count() > 0)
  return {
    assigned: (assignment, control) => {
      writer.forget()
      work.assigned(assignment, control)
      committer.follow(assignment.epoch)
    },
    accept: (record, epoch) => {
      if (!work.begin(record, epoch)) return false
      if (isFromLaterVersion(record)) {
        work.hold(record, epoch)
        return alarm(
          record,
          'unknown-schema-version',
          'an event of a later version: partition paused',
          evidenceOf(record),
        ).then(() => false)
      }
      const room = writer.add(pendingOf(record, epoch, deps.readResult(record)))
      return room === undefined ? true : room.then(() => true)
    },
    drain: async (epoch) => {
      await writer.flush()
      await work.settle(epoch)
      await committer.commitNow(epoch)
    },
    cut: (cut) => void raiseTopicCut(alarm, cut),
    stop: async () => {
      work.end()
      stopWatching()
      await writer.stop()
      await committer.stop()
    },
  }
}

type Shared = {
  readonly work: PartitionWork
  readonly alarm: PartitionAlarm
  readonly records: RecordsInWork<RecordInWork>
}

/** Collects rows and writes one batch at a time; `add` waits while two full batches are pending. */
const startWriter = (deps: SinkLoopDeps, { work, alarm, records }: Shared) => {
  let pending: Pending[] = []
  let writing: Promise<void> | undefined
  const rows = createWriteRows(deps, { work, alarm })
  const write = async (batch: readonly Pending[]): Promise<void> => {
    const [first] = batch
    if (first === undefined) return
    const inWork = { at: first.record, beganAtMs: deps.progress.nowMs(), lastError: undefined }
    records.add(inWork)
    try {
      await rows.write(batch, inWork)
    } finally {
      records.remove(inWork)
    }
  }
  const flush = async (): Promise<void> => {
    while (writing !== undefined || pending.length > 0) {
      if (writing === undefined) {
        const batch = pending.slice(0, deps.maxRows)
        pending = pending.slice(deps.maxRows)
        writing = write(batch).finally(() => {
          writing = undefined
        })
      }
      await writing
    }
  }
  const untilRoom = async (): Promise<void> => {
    while (pending.length >= 2 * deps.maxRows && writing !== undefined) await writing
  }
  const stopTimer = deps.every(deps.lingerMs, () => {
    pending.push(...rows.dueAgain())
    void flush()
  })
  return {
    /** Answers a promise only where the caller must wait for room. */
    add: (item: Pending): Promise<void> | undefined => {
      pending.push(item)
      if (pending.length >= deps.maxRows && writing === undefined) void flush()
      return pending.length < 2 * deps.maxRows ? undefined : untilRoom()
    },
    flush,
    /** Drops what belongs to an assignment that has ended: its records come again. */
    forget: () => {
      pending = []
      rows.forget()
    },
    stop: async () => {
      stopTimer()
      await writing
    },
  }
}
