/** Offsets of a topic by partition. */
export type Offsets = ReadonlyMap<number, bigint>

/** Offsets of the lanes of films, by the name of their topic. */
export type LaneOffsets = ReadonlyMap<string, Offsets>

/**
 * How far Kafka says that each loop has come. Read in the order in which they stand here, and before the tables:
 * what the screening group had committed has its verdict below the end of the verdict topic that was read next,
 * and what the sink had committed after that stands in ClickHouse. In this order a film on its way is never
 * taken for a lost one; in any other it may be.
 */
export type LedgerOffsets = {
  /** 1st: committed by the group that screens the lane, or gone from the log. */
  readonly screened: LaneOffsets
  /** 2nd: one past the last record of the lane. */
  readonly images: LaneOffsets
  /** 3rd: one past the last record (`end`); 4th: committed by the sink (`sunk`). */
  readonly verdicts: { readonly end: Offsets; readonly sunk: Offsets }
  readonly receipts: { readonly end: Offsets; readonly sunk: Offsets }
}

/** One past the last record of each lane, measured after the tables were read: no row can name a place beyond it. */
export type LaneEnds = LaneOffsets

const sum = (numbers: Iterable<bigint>): bigint => [...numbers].reduce((total, each) => total + each, 0n)

const notBelowZero = (offset: bigint | undefined): bigint =>
  offset !== undefined && offset > 0n ? offset : 0n

/** Records of a topic that stand before one offset of each partition and not before the other. */
export const recordsBetween = (reached: Offsets, end: Offsets): bigint =>
  sum([...end].map(([partition, offset]) => notBelowZero(offset - notBelowZero(reached.get(partition)))))

/** Image records of a partition that the screening groups of all lanes have committed. */
export const screenedIn = ({ screened }: LedgerOffsets, partition: number): bigint =>
  sum([...screened.values()].map((lane) => notBelowZero(lane.get(partition))))

/** The partitions that films, and their verdicts, have. */
export const partitionsOf = ({ screened, images, verdicts }: LedgerOffsets): readonly number[] => [
  ...new Set([
    ...[...screened.values(), ...images.values()].flatMap((lane) => [...lane.keys()]),
    ...verdicts.end.keys(),
  ]),
]

/** Image records of a lane that its group has not committed. */
export const unscreenedRecords = ({ images, screened }: LedgerOffsets, lane: string): bigint =>
  recordsBetween(screened.get(lane) ?? new Map(), images.get(lane) ?? new Map())

/** Verdict records of a partition that the sink has not committed: so many rows may still be on their way. */
export const unsunkIn = ({ verdicts }: LedgerOffsets, partition: number): bigint =>
  notBelowZero((verdicts.end.get(partition) ?? 0n) - notBelowZero(verdicts.sunk.get(partition)))

/** Verdict records that the sink has not committed. */
export const unsunkVerdicts = ({ verdicts }: LedgerOffsets): bigint =>
  recordsBetween(verdicts.sunk, verdicts.end)

/** SQL that is true where the sink has stored every verdict on records of this partition: they share its number. */
export const isSunk = (offsets: LedgerOffsets, alias: string): string => {
  const waiting = partitionsOf(offsets).filter((partition) => unsunkIn(offsets, partition) > 0n)
  return waiting.length === 0 ? 'true' : `${alias}.image_partition NOT IN (${waiting.join(', ')})`
}

/** SQL that is true for a place that the lanes of films have. */
export const isInLog = (ends: LaneEnds, alias: string): string => {
  const lanes = [...ends].flatMap(([topic, end]) =>
    [...end]
      .filter(([, offset]) => offset > 0n)
      .map(
        ([partition, offset]) =>
          `(${alias}.image_topic = '${topic}' AND ${alias}.image_partition = ${partition} AND ${alias}.image_offset < toUInt64(${offset}))`,
      ),
  )
  return lanes.length === 0 ? 'false' : `(${lanes.join(' OR ')})`
}
/** SQL that is true for an image record that screening had committed; our own numbers, so they stand in the text. */
export const isScreened = ({ screened }: LedgerOffsets, alias: string): string => {
  const lanes = [...screened].flatMap(([topic, committed]) => {
    const known = [...committed].filter(([, offset]) => offset > 0n)
    if (known.length === 0) return []
    const partitions = known.map(([partition]) => partition).join(', ')
    const limits = known.map(([, offset]) => `toUInt64(${offset})`).join(', ')
    const limit = `transform(${alias}.image_partition, [${partitions}], [${limits}], toUInt64(0))`
    return [`(${alias}.image_topic = '${topic}' AND ${alias}.image_offset < ${limit})`]
  })
  return lanes.length === 0 ? 'false' : `(${lanes.join(' OR ')})`
}
