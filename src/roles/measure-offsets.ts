import type { LaneOffsets, LedgerOffsets, Offsets } from '../analytics/ledger/ledger-offsets.ts'
import { consumerGroups, filmLanes, receiptsTopic, verdictsTopic } from '../contracts/topics.ts'
import type { KafkaAdmin } from '../runtime/kafka/types.ts'

/** The topic of each lane and the group that screens it. */
const lanes = [
  [filmLanes.live.name, consumerGroups.screening],
  [filmLanes.backfill.name, consumerGroups.backfill],
] as const

/** Measures how far each loop has come; the order is the one that `LedgerOffsets` asks for. */
export const measureOffsets = async (admin: KafkaAdmin): Promise<LedgerOffsets> => {
  const ofLanes = async (read: (topic: string, groupId: string) => Promise<Offsets>): Promise<LaneOffsets> =>
    new Map(
      await Promise.all(lanes.map(async ([topic, groupId]) => [topic, await read(topic, groupId)] as const)),
    )
  const screened = await ofLanes((topic, groupId) => admin.committed(groupId, topic))
  const images = await ofLanes(async (topic) => (await admin.bounds(topic)).end)
  const [verdicts, receipts] = await Promise.all(
    [verdictsTopic, receiptsTopic].map((topic) => admin.bounds(topic.name)),
  )
  const [verdictsSunk, receiptsSunk] = await Promise.all(
    [verdictsTopic, receiptsTopic].map((topic) => admin.committed(consumerGroups.sink, topic.name)),
  )
  const none = new Map<number, bigint>()
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
