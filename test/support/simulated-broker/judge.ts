import { type AlarmKind, alarmSchema } from '../../../src/contracts/alarm.ts'
import { receiptSchema } from '../../../src/contracts/receipt.ts'
import { alarmsTopic, imagesTopic, receiptsTopic, verdictsTopic } from '../../../src/contracts/topics.ts'
import { type Verdict, verdictSchema } from '../../../src/contracts/verdict.ts'
import type { ConsumedRecord, OffsetToCommit } from '../../../src/runtime/kafka/types.ts'
import type { SimulatedBroker } from './broker.ts'
import type { VirtualClock } from './clock.ts'
import type { SimulatedStore } from './store.ts'

/** Watches a run and notes the first promise that is broken. */
export type Judge = {
  readonly broken: () => string | undefined
  readonly breakPromise: (what: string) => void
  readonly require: (condition: boolean, what: () => string) => void
  readonly committed: (
    group: string,
    member: string,
    offset: OffsetToCommit,
    before: bigint | undefined,
  ) => void
  /** Notes an alarm that a process tried to raise. */
  readonly alarmed: (kind: AlarmKind, scope: string) => void
  readonly hasAlarm: (kind: AlarmKind, scope: string) => boolean
  readonly say: (line: string) => void
  /** Counts what a run has seen, so that a reader knows what its schedules have tried. */
  readonly count: (what: string) => void
  readonly counts: () => ReadonlyMap<string, number>
}

export type JudgeDeps = {
  readonly clock: VirtualClock
  readonly broker: SimulatedBroker
  readonly store: SimulatedStore
  readonly say: (line: string) => void
}

const textDecoder = new TextDecoder()
export const jsonIn = (record: ConsumedRecord): unknown => JSON.parse(textDecoder.decode(record.value))

const pointerOf = ({ topic, partition, offset }: { topic: string; partition: number; offset: string }) =>
  `${topic}:${partition}:${offset}`

/** The image positions that have a verdict in the log, read on as it grows. */
const createAnswered = (broker: SimulatedBroker) => {
  const answered = new Set<string>()
  const read = new Map<number, bigint>()
  return (pointer: string): boolean => {
    for (const partition of broker.partitions(verdictsTopic.name)) {
      const from = read.get(partition) ?? 0n
      for (const record of broker.read(verdictsTopic.name, partition, from, Infinity)) {
        answered.add(pointerOf(verdictSchema.parse(jsonIn(record)).image))
        read.set(partition, record.offset + 1n)
      }
    }
    return answered.has(pointer)
  }
}

const isVerdictStored = (store: SimulatedStore, verdict: Verdict): boolean => {
  if (!store.imageRecords().has(pointerOf(verdict.image))) return false
  return verdict.attributed
    ? store.verdicts().has(`${verdict.eventId} ${verdict.arrivalId}`)
    : store.unattributed().has(pointerOf(verdict.image))
}

/** Whether what a record says stands in the store. */
const isStored = (store: SimulatedStore, record: ConsumedRecord): boolean => {
  if (record.topic === verdictsTopic.name) return isVerdictStored(store, verdictSchema.parse(jsonIn(record)))
  if (record.topic === alarmsTopic.name) return store.alarms().has(alarmSchema.parse(jsonIn(record)).alarmId)
  const { eventId, arrivalId } = receiptSchema.parse(jsonIn(record))
  return record.topic === receiptsTopic.name && store.receipts().has(`${eventId} ${arrivalId}`)
}

/** Creates a judge who trusts nothing but the logs and the tables. */
export const createJudge = (deps: JudgeDeps): Judge => {
  let broken: string | undefined
  const alarms = new Set<string>()
  const counts = new Map<string, number>()
  const answered = createAnswered(deps.broker)
  const say = (line: string): void => deps.say(`${deps.clock.nowMs()} ms: ${line}`)
  const breakPromise = (what: string): void => {
    broken ??= `${what} (at ${deps.clock.nowMs()} ms)`
    say(`BROKEN: ${what}`)
  }
  const isDone = (record: ConsumedRecord): boolean =>
    record.topic === imagesTopic.name
      ? answered(pointerOf({ ...record, offset: record.offset.toString() }))
      : isStored(deps.store, record)
  return {
    broken: () => broken,
    breakPromise,
    require: (condition, what) => {
      if (!condition) breakPromise(what())
    },
    say,
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    counts: () => counts,
    alarmed: (kind, scope) => void alarms.add(`${kind} ${scope}`),
    hasAlarm: (kind, scope) => alarms.has(`${kind} ${scope}`),
    committed: (group, member, { topic, partition, offset }, before = 0n) => {
      say(`${group}: ${member} commits ${topic}:${partition} up to ${offset}`)
      if (offset < before)
        breakPromise(`${group} committed ${offset} of ${topic}:${partition} after ${before}`)
      const unfinished = deps.broker
        .read(topic, partition, before, Number(offset - before))
        .find((record) => !isDone(record))
      if (unfinished !== undefined)
        breakPromise(
          `${group} committed ${offset} of ${topic}:${partition}, but ${unfinished.offset} is not done`,
        )
      if (offset > deps.broker.end(topic, partition))
        breakPromise(`${group} committed ${offset} of ${topic}:${partition}, beyond its end`)
    },
  }
}
