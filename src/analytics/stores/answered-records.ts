import { z } from 'zod'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

const rowSchema = z.object({ offset: z.string().transform(BigInt) })

export type RecordRange = {
  readonly topic: string
  readonly partition: number
  /** From this offset, and before that one. */
  readonly from: bigint
  readonly to: bigint
}

/** Offsets of image records in a range that have a verdict. */
export const readAnswered = async (
  client: ClickHouse,
  { topic, partition, from, to }: RecordRange,
): Promise<ReadonlySet<bigint>> => {
  const rows = await client.query(
    `SELECT DISTINCT toString(image_offset) AS offset FROM image_records
     WHERE image_topic = {topic:String} AND image_partition = {partition:UInt16}
       AND image_offset >= {from:UInt64} AND image_offset < {to:UInt64}`,
    { topic, partition, from: from.toString(), to: to.toString() },
    rowSchema,
  )
  return new Set(rows.map(({ offset }) => offset))
}
