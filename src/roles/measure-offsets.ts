import { setTimeout as delay } from 'node:timers/promises'
import type { LaneEnds, LaneOffsets, LedgerOffsets, Offsets } from '../analytics/ledger/ledger-offsets.ts'
import { readLedger } from '../analytics/ledger/read-ledger.ts'
import type { LedgerReader } from '../contracts/ledger.ts'
import { consumerGroups, filmLanes, receiptsTopic, verdictsTopic } from '../contracts/topics.ts'
import type { ClickHouse } from '../runtime/clickhouse.ts'
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

const hasReached = (reached: Offsets, end: Offsets): boolean =>
  [...end].every(([partition, offset]) => (reached.get(partition) ?? 0n) >= offset)

const pollMs = 200

/**
 * What the sink has committed of a topic, once it has come to an end that was measured before or its time is up: what arrives
 * meanwhile does not matter, so an engine that is never idle can be measured too.
 */
const sunkBy = async (
  admin: KafkaAdmin,
  topic: string,
  end: Offsets,
  patienceMs: number,
): Promise<Offsets> => {
  for (let waited = 0; ; waited += pollMs) {
    const sunk = await admin.committed(consumerGroups.sink, topic)
    if (waited >= patienceMs || hasReached(sunk, end)) return sunk
    await delay(pollMs)
  }
}

/** Waits until the sink has stored what a topic holds now, or its time is up. */
export const awaitSunk = async (admin: KafkaAdmin, topic: string, patienceMs: number): Promise<void> => {
  const { end } = await admin.bounds(topic)
  await sunkBy(admin, topic, end, patienceMs)
}

/**
 * Measures how far each loop has come; the order is the one that `LedgerOffsets` asks for. With patience it waits for the sink
 * to reach the ends that it has measured.
 */
export const measureOffsets = async (admin: KafkaAdmin, patienceMs = 0): Promise<LedgerOffsets> => {
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
    [[verdictsTopic, verdicts] as const, [receiptsTopic, receipts] as const].map(([topic, bounds]) =>
      sunkBy(admin, topic.name, bounds?.end ?? none, patienceMs),
    ),
  )
  return {
    screened,
    images,
    verdicts: { end: verdicts?.end ?? none, sunk: verdictsSunk ?? none },
    receipts: { end: receipts?.end ?? none, sunk: receiptsSunk ?? none },
  }
}

/** Measures where the lanes end now: once the tables have been read, no row names a place beyond. */
export const measureLaneEnds = async (admin: Pick<KafkaAdmin, 'bounds'>): Promise<LaneEnds> =>
  new Map(await Promise.all(lanes.map(async ([topic]) => [topic, (await admin.bounds(topic)).end] as const)))

/** How long a ledger waits for the sink at most. */
const sinkPatienceMs = 3000

/** Opens the reader of the ledger of a running engine. */
export const openLedgerReader = ({
  admin,
  clickhouse,
}: {
  readonly admin: KafkaAdmin
  readonly clickhouse: ClickHouse
}): LedgerReader => ({
  read: async (options = {}) =>
    readLedger({
      client: clickhouse,
      offsets: await measureOffsets(admin, sinkPatienceMs),
      ends: () => measureLaneEnds(admin),
      ...options,
    }),
})

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
