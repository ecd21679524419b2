import type { ResultStore } from '../contracts/ports.ts'
import { verdictsTopic } from '../contracts/topics.ts'
import type { ConsumedPosition, ConsumedRecord, RecordHandler } from '../runtime/kafka/types.ts'
import { keepTrying } from '../runtime/keep-trying.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { startCommitter } from './committer.ts'
import { createPartitionAlarm, evidenceOf, isFromLaterVersion, raiseCut } from './partition-alarm.ts'
import { createPartitionWork } from './partition-work.ts'
import { createResultCollector, type ReadResult } from './result-batch.ts'
import type { ScreeningLoopDeps } from './screening-loop.ts'

export type SinkLoopDeps = Pick<ScreeningLoopDeps, 'alarms' | 'pause' | 'every' | 'now'> & {
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
type Pending = {
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
  const alarm = createPartitionAlarm(deps)
  const writer = startWriter(deps, {
    isCurrent: work.isCurrent,
    written: (batch) => {
      for (const { record, epoch } of batch) work.finish(record, epoch)
    },
  })
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
    cut: (cut) => void raiseCut(alarm, cut),
    stop: async () => {
      work.end()
      await writer.stop()
      await committer.stop()
    },
  }
}

/** Ends the traces that came with verdicts: their rows are in ClickHouse. */
const markStored = async (telemetry: Telemetry, batch: readonly Pending[]): Promise<void> => {
  for (const { traceparent } of batch) {
    if (traceparent !== undefined) await telemetry.span('store verdict', { traceparent }, async () => {})
  }
}

type WriterEvents = {
  readonly isCurrent: (epoch: number) => boolean
  readonly written: (batch: readonly Pending[]) => void
}

/** Collects rows and writes one batch at a time; `add` waits while two full batches are pending. */
const startWriter = (deps: SinkLoopDeps, events: WriterEvents) => {
  let pending: Pending[] = []
  let writing: Promise<void> | undefined
  const rows = deps.telemetry.meter.createCounter('consumers_sink_records_total')
  const corrections = deps.telemetry.meter.createCounter('consumers_sink_corrections_total')
  const write = async (batch: readonly Pending[]): Promise<void> => {
    const isWanted = (): boolean => batch.some(({ epoch }) => events.isCurrent(epoch))
    const collector = createResultCollector()
    for (const { result } of batch) collector.add(result)
    const stored = await keepTrying(() => deps.store.write(collector.batch), {
      what: 'rows not stored, trying again',
      isWanted,
      logger: deps.logger,
      pause: deps.pause,
    })
    if (stored === undefined) return
    rows.add(batch.length)
    for (const { kind } of collector.batch.corrections) corrections.add(1, { kind })
    await markStored(deps.telemetry, batch)
    events.written(batch)
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
  const stopTimer = deps.every(deps.lingerMs, () => void flush())
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
    },
    stop: async () => {
      stopTimer()
      await writing
    },
  }
}
