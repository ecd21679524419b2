import { isRetryable, systemCodeOf } from '../runtime/errors.ts'
import { keepTrying } from '../runtime/keep-trying.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import type { PartitionAlarm } from './partition-alarm.ts'
import type { PartitionWork } from './partition-work.ts'
import type { RecordInWork } from './records-in-work.ts'
import { createResultCollector } from './result-batch.ts'
import type { Pending, SinkLoopDeps } from './sink-loop.ts'

/** Ends the traces that came with verdicts: their rows are in ClickHouse. */
const markStored = async (telemetry: Telemetry, batch: readonly Pending[]): Promise<void> => {
  for (const { traceparent } of batch) {
    if (traceparent !== undefined) await telemetry.span('store verdict', { traceparent }, async () => {})
  }
}

/** How long a partition stands at refused rows before they are tried again: a migration may have come meanwhile. */
const againMs = 60_000

const partitionOf = ({ record }: Pending): string => `${record.topic}:${record.partition}`
const nameOf = (error: unknown): string =>
  systemCodeOf(error) ?? (error instanceof Error ? error.name : 'unknown')

type Shared = { readonly work: PartitionWork; readonly alarm: PartitionAlarm }
/** What stands at refused rows: the record whose rows they are, and those of its partition that came after it. */
type Standing = { readonly items: Pending[]; readonly sinceMs: number }

/** Creates the writing of rows that ClickHouse takes, now or later; it throws for those that it refuses for good. */
const createStore = (deps: SinkLoopDeps, work: PartitionWork) => {
  const rows = deps.telemetry.meter.createCounter('consumers_sink_records_total')
  const corrections = deps.telemetry.meter.createCounter('consumers_sink_corrections_total')
  return async (batch: readonly Pending[], inWork: RecordInWork): Promise<void> => {
    const collector = createResultCollector()
    for (const { result } of batch) collector.add(result)
    const attempt = async (): Promise<void> => {
      try {
        await deps.store.write(collector.batch)
      } catch (error) {
        inWork.lastError = nameOf(error)
        throw error
      }
    }
    const stored = await keepTrying(attempt, {
      what: 'rows not stored, trying again',
      isWanted: () => batch.some(({ epoch }) => work.isCurrent(epoch)),
      mayMend: isRetryable,
      onAttempt: deps.progress.moved,
      logger: deps.logger,
      pause: deps.pause,
    })
    if (stored === undefined) return
    rows.add(batch.length)
    for (const { kind } of collector.batch.corrections) corrections.add(1, { kind })
    await markStored(deps.telemetry, batch)
    for (const { record, epoch } of batch) work.finish(record, epoch)
  }
}

/** Keeps partitions that stand still at refused rows. */
const createStanding = (deps: SinkLoopDeps, { work, alarm }: Shared) => {
  let standing = new Map<string, Standing>()
  return {
    standAt: (item: Pending, code: string): void => {
      if (!work.hold(item.record, item.epoch)) return
      standing.set(partitionOf(item), { items: [item], sinceMs: deps.progress.nowMs() })
      const title = 'rows are refused for good: partition paused, tried again every minute'
      void alarm(item.record, 'rows-refused', title, { code })
    },
    /** Leaves out what comes after refused rows in its partition. */
    besides: (batch: readonly Pending[]): readonly Pending[] =>
      batch.filter((item) => {
        const before = standing.get(partitionOf(item))
        if (before === undefined || !work.isCurrent(item.epoch)) return true
        before.items.push(item)
        work.park(item.record, item.epoch)
        return false
      }),
    /** What has stood for long enough to be tried again. */
    dueAgain: (): readonly Pending[] => {
      const now = deps.progress.nowMs()
      const due = [...standing].filter(([, { sinceMs }]) => now - sinceMs >= againMs)
      for (const [partition] of due) standing.delete(partition)
      return due.flatMap(([, { items }]) => {
        const [first, ...behind] = items
        if (first === undefined) return []
        for (const { record, epoch } of behind) work.unpark(record, epoch)
        work.letGo(first.record, first.epoch)
        return items
      })
    },
    forget: (): void => {
      standing = new Map()
    },
  }
}

/**
 * Creates the writing of a batch. While ClickHouse is away or busy it is tried again. Rows that it refuses for good are
 * looked for by halves: the partition of the one record that they come from stands still, with an alarm, and is tried
 * again every minute; the other partitions go on.
 */
export const createWriteRows = (deps: SinkLoopDeps, shared: Shared) => {
  const store = createStore(deps, shared.work)
  const { standAt, besides, dueAgain, forget } = createStanding(deps, shared)
  const write = async (given: readonly Pending[], inWork: RecordInWork): Promise<void> => {
    const batch = besides(given)
    const [first] = batch
    if (first === undefined) return
    try {
      await store(batch, inWork)
    } catch (error) {
      if (batch.length === 1) return standAt(first, nameOf(error))
      const middle = Math.ceil(batch.length / 2)
      await write(batch.slice(0, middle), inWork)
      await write(batch.slice(middle), inWork)
    }
  }
  return { write, dueAgain, forget }
}
