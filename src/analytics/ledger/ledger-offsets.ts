/** Offsets of a topic by partition. */
export type Offsets = ReadonlyMap<number, bigint>

/**
 * How far Kafka says that each loop has come. Read in the order in which they stand here, and before the tables:
 * what the screening group had committed has its verdict below the end of the verdict topic that was read next,
 * and what the sink had committed after that stands in ClickHouse. In this order a film on its way is never
 * taken for a lost one; in any other it may be.
 */
export type LedgerOffsets = {
  /** 1st: committed by the screening group, of the images topic. */
  readonly screened: Offsets
  /** 2nd: one past the last record of the images topic. */
  readonly images: Offsets
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

/** Image records that the screening group has committed. */
export const screenedRecords = (offsets: LedgerOffsets): bigint =>
  sum([...offsets.screened.values()].map(notBelowZero))

/** Verdict records that the sink has not committed: so many rows may still be on their way. */
export const unsunkVerdicts = ({ verdicts }: LedgerOffsets): bigint =>
  recordsBetween(verdicts.sunk, verdicts.end)

/** SQL that is true for an image record that screening had committed; our own numbers, so they stand in the text. */
export const isScreened = (offsets: LedgerOffsets, alias: string): string => {
  const known = [...offsets.screened].filter(([, offset]) => offset > 0n)
  if (known.length === 0) return 'false'
  const partitions = known.map(([partition]) => partition).join(', ')
  const limits = known.map(([, offset]) => `toUInt64(${offset})`).join(', ')
  return `${alias}.image_offset < transform(${alias}.image_partition, [${partitions}], [${limits}], toUInt64(0))`
}
