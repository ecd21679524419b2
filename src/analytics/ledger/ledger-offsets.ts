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

const sum = (numbers: Iterable<bigint>): bigint => [...numbers].reduce((total, each) => total + each, 0n)

const notBelowZero = (offset: bigint | undefined): bigint =>
  offset !== undefined && offset > 0n ? offset : 0n

/** Records of a topic that stand before one offset of each partition and not before the other. */
export const recordsBetween = (reached: Offsets, end: Offsets): bigint =>
  sum([...end].map(([partition, offset]) => notBelowZero(offset - notBelowZero(reached.get(partition)))))

/** Image records that the screening groups have committed. */
export const screenedRecords = ({ screened }: LedgerOffsets): bigint =>
  sum([...screened.values()].flatMap((lane) => [...lane.values()].map(notBelowZero)))

/** Image records of a lane that its group has not committed. */
export const unscreenedRecords = ({ images, screened }: LedgerOffsets, lane: string): bigint =>
  recordsBetween(screened.get(lane) ?? new Map(), images.get(lane) ?? new Map())

/** Verdict records that the sink has not committed: so many rows may still be on their way. */
export const unsunkVerdicts = ({ verdicts }: LedgerOffsets): bigint =>
  recordsBetween(verdicts.sunk, verdicts.end)

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
