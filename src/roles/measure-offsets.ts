import type { LaneOffsets, LedgerOffsets, Offsets } from '../analytics/ledger/ledger-offsets.ts'
import { consumerGroups, filmLanes, receiptsTopic, verdictsTopic } from '../contracts/topics.ts'
import type { KafkaAdmin } from '../runtime/kafka/types.ts'

/** The topic of each lane and the group that screens it. */
const lanes = [
  [filmLanes.live.name, consumerGroups.screening],
  [filmLanes.backfill.name, consumerGroups.backfill],
] as const

const none: Offsets = new Map()

/** What is gone from the log waits for nobody: without a verdict it is lost, and not in flight. */
const notBelow = (low: Offsets, committed: Offsets): Offsets =>
  new Map([...low].map(([partition, first]) => [partition, maxOf(first, committed.get(partition) ?? 0n)]))

const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Measures how far each loop has come; the order is the one that `LedgerOffsets` asks for. */
export const measureOffsets = async (admin: KafkaAdmin): Promise<LedgerOffsets> => {
  const ofLanes = async (read: (topic: string, groupId: string) => Promise<Offsets>): Promise<LaneOffsets> =>
    new Map(
      await Promise.all(lanes.map(async ([topic, groupId]) => [topic, await read(topic, groupId)] as const)),
    )
  const committed = await ofLanes((topic, groupId) => admin.committed(groupId, topic))
  const lows = new Map<string, Offsets>()
  const images = await ofLanes(async (topic) => {
    const { low, end } = await admin.bounds(topic)
    lows.set(topic, low)
    return end
  })
  const screened = new Map(
    [...committed].map(([topic, offsets]) => [topic, notBelow(lows.get(topic) ?? none, offsets)]),
  )
  const [verdicts, receipts] = await Promise.all(
    [verdictsTopic, receiptsTopic].map((topic) => admin.bounds(topic.name)),
  )
  const [verdictsSunk, receiptsSunk] = await Promise.all(
    [verdictsTopic, receiptsTopic].map((topic) => admin.committed(consumerGroups.sink, topic.name)),
  )
  return {
    screened,
    images,
    verdicts: { end: verdicts?.end ?? none, sunk: verdictsSunk ?? none },
    receipts: { end: receipts?.end ?? none, sunk: receiptsSunk ?? none },
  }
}

const sum = (offsets: Offsets): bigint => [...offsets.values()].reduce((total, offset) => total + offset, 0n)

const sumOfLanes = (lanes: LaneOffsets): bigint =>
  [...lanes.values()].reduce((total, offsets) => total + sum(offsets), 0n)

/** Films that wait: not screened yet, or their verdicts not in the tables yet. */
export const backlogOf = (offsets: LedgerOffsets): { unscreened: number; unsunk: number } => ({
  unscreened: Number(sumOfLanes(offsets.images) - sumOfLanes(offsets.screened)),
  unsunk: Number(
    sum(offsets.verdicts.end) -
      sum(offsets.verdicts.sunk) +
      sum(offsets.receipts.end) -
      sum(offsets.receipts.sunk),
  ),
})
