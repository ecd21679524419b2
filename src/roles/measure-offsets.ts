import type { LedgerOffsets } from '../analytics/ledger/read-ledger.ts'
import { consumerGroups, imagesTopic, receiptsTopic, verdictsTopic } from '../contracts/topics.ts'
import type { KafkaAdmin } from '../runtime/kafka/types.ts'

/** Measures how far each loop has come; the order is the one that `LedgerOffsets` asks for. */
export const measureOffsets = async (admin: KafkaAdmin): Promise<LedgerOffsets> => {
  const screened = await admin.committed(consumerGroups.screening, imagesTopic.name)
  const [images, verdicts, receipts] = await Promise.all(
    [imagesTopic, verdictsTopic, receiptsTopic].map((topic) => admin.bounds(topic.name)),
  )
  const [verdictsSunk, receiptsSunk] = await Promise.all(
    [verdictsTopic, receiptsTopic].map((topic) => admin.committed(consumerGroups.sink, topic.name)),
  )
  const none = new Map<number, bigint>()
  return {
    screened,
    images: images?.end ?? none,
    verdicts: { end: verdicts?.end ?? none, sunk: verdictsSunk ?? none },
    receipts: { end: receipts?.end ?? none, sunk: receiptsSunk ?? none },
  }
}

const sum = (offsets: ReadonlyMap<number, bigint>): bigint =>
  [...offsets.values()].reduce((total, offset) => total + offset, 0n)

/** Films that wait: not screened yet, or their verdicts not in the tables yet. */
export const backlogOf = (offsets: LedgerOffsets): { unscreened: number; unsunk: number } => ({
  unscreened: Number(sum(offsets.images) - sum(offsets.screened)),
  unsunk: Number(
    sum(offsets.verdicts.end) -
      sum(offsets.verdicts.sunk) +
      sum(offsets.receipts.end) -
      sum(offsets.receipts.sunk),
  ),
})
