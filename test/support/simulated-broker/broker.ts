import type { ConsumedRecord, OutgoingRecord, StoredPosition } from '../../../src/runtime/kafka/types.ts'

/** The logs of a cluster. */
export type SimulatedBroker = {
  readonly append: (topic: string, record: OutgoingRecord) => StoredPosition
  readonly read: (topic: string, partition: number, from: bigint, most: number) => readonly ConsumedRecord[]
  readonly end: (topic: string, partition: number) => bigint
  readonly partitions: (topic: string) => readonly number[]
  readonly all: (topic: string) => readonly ConsumedRecord[]
  /** Calls `wake` once at the next record of any topic. */
  readonly onNext: (wake: () => void) => void
}

/** All records of a key lie in one partition. */
const partitionOf = (key: string, partitions: number): number => {
  let sum = 0
  for (const letter of key) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521
  return sum % partitions
}

const nothing = new Uint8Array(0)

/** Creates empty topics; `partitions` says how many each has. */
export const createSimulatedBroker = (
  partitions: ReadonlyMap<string, number>,
  nowMs: () => number,
): SimulatedBroker => {
  const logs = new Map<string, ConsumedRecord[][]>(
    [...partitions].map(([topic, count]) => [topic, Array.from({ length: count }, () => [])]),
  )
  let waiting: (() => void)[] = []
  const logOf = (topic: string, partition: number): ConsumedRecord[] => {
    const log = logs.get(topic)?.[partition]
    if (log === undefined) throw new Error(`no partition ${topic}:${partition}`)
    return log
  }
  return {
    append: (topic, { key, value, headers }) => {
      const partition = partitionOf(key, partitions.get(topic) ?? 1)
      const log = logOf(topic, partition)
      const offset = BigInt(log.length)
      log.push({ topic, partition, offset, timestampMs: nowMs(), key, headers, value: value ?? nothing })
      const due = waiting
      waiting = []
      for (const wake of due) wake()
      return { topic, partition, offset: offset.toString() }
    },
    read: (topic, partition, from, most) => logOf(topic, partition).slice(Number(from), Number(from) + most),
    end: (topic, partition) => BigInt(logOf(topic, partition).length),
    partitions: (topic) => [...(logs.get(topic) ?? []).keys()],
    all: (topic) => (logs.get(topic) ?? []).flat(),
    onNext: (wake) => void waiting.push(wake),
  }
}
