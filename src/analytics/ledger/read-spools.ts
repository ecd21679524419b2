import { z } from 'zod'
import type { NumberRange, SpoolNumbers } from '../../contracts/ledger.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { finalSettings } from './booking-sql.ts'

const noSpool = "toUUID('00000000-0000-0000-0000-000000000000')"

/** Every number that ended in a record which is believed: film, refusal, correction, phantom, withheld; erased ones too. */
const ended = ['verdicts', 'erased_arrivals', 'withheld', 'corrections', 'phantom_readings']
  .map(
    (table) =>
      `SELECT site_id, spool_id, sequence, ${table === 'withheld'} AS is_withheld FROM ${table} WHERE spool_id != ${noSpool}`,
  )
  .join(' UNION ALL ')

/** Films on their way fill a number too; they do not say how far a spool has come, because anybody may have written them. */
const onTheirWay = `SELECT site_id, spool_id, sequence, false AS is_withheld FROM receipts
  WHERE (site_id, arrival_id) NOT IN (SELECT site_id, arrival_id FROM verdicts)`

const spoolSchema = z.object({
  siteId: z.string(),
  spoolId: z.string(),
  highest: countSchema,
  numbers: countSchema,
  withheld: countSchema,
})

const spoolsSql = `
  SELECT toString(s.site_id) AS siteId, toString(s.spool_id) AS spoolId, any(s.highest) AS highest,
    uniqExactIf(n.sequence, n.sequence <= s.highest) AS numbers,
    uniqExactIf(n.sequence, n.is_withheld) AS withheld
  FROM (SELECT site_id, spool_id, max(sequence) AS highest FROM (${ended}) GROUP BY site_id, spool_id) AS s
  INNER JOIN (${ended} UNION ALL ${onTheirWay}) AS n ON n.site_id = s.site_id AND n.spool_id = s.spool_id
  GROUP BY s.site_id, s.spool_id
  ORDER BY siteId, spoolId`

const rangeSchema = z.object({ from: countSchema, to: countSchema })

/** Ranges of a spool that are looked at. */
const lookedAt = 10_000

const rangesSql = `
  SELECT before + 1 AS from, sequence - 1 AS to FROM (
    SELECT sequence, lagInFrame(sequence, 1, toUInt64(0)) OVER (ORDER BY sequence ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM (
      SELECT DISTINCT sequence FROM (${ended} UNION ALL ${onTheirWay})
      WHERE site_id = {siteId:String} AND spool_id = {spoolId:UUID} AND sequence <= {highest:UInt64})
  ) WHERE sequence > before + 1 ORDER BY from LIMIT ${lookedAt}`

const acceptedSchema = z.object({ siteId: z.string(), details: z.string() })
const gapSchema = z.object({ spoolId: z.string(), from: z.number(), to: z.number() })

const acceptedSql = `SELECT site_id AS siteId, details FROM commands FINAL WHERE kind = 'acceptSequenceGap' ${finalSettings}`

type Accepted = NumberRange & { readonly siteId: string; readonly spoolId: string }

const readAccepted = async (client: ClickHouse): Promise<readonly Accepted[]> =>
  (await client.query(acceptedSql, {}, acceptedSchema)).map(({ siteId, details }) => ({
    siteId,
    ...gapSchema.parse(JSON.parse(details)),
  }))

/** What is left of ranges when others are taken out. */
export const without = (
  ranges: readonly NumberRange[],
  accepted: readonly NumberRange[],
): readonly NumberRange[] =>
  accepted.reduce<readonly NumberRange[]>(
    (left, gap) =>
      left.flatMap(({ from, to }) => {
        if (gap.to < from || gap.from > to) return [{ from, to }]
        const parts: NumberRange[] = []
        if (gap.from > from) parts.push({ from, to: gap.from - 1 })
        if (gap.to < to) parts.push({ from: gap.to + 1, to })
        return parts
      }),
    ranges,
  )

/** Ranges that a ledger lists. */
const listed = 20

const sizeOf = (ranges: readonly NumberRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)

/**
 * Reads what is known of the numbers of every spool: the highest that reached Kafka, and those below it that never did. A
 * gap that an operator has accepted by name is not counted.
 */
export const readSpools = async (client: ClickHouse, siteId?: string): Promise<readonly SpoolNumbers[]> => {
  const spools = (await client.query(spoolsSql, {}, spoolSchema)).filter(
    (spool) => siteId === undefined || spool.siteId === siteId,
  )
  const holed = spools.some(({ highest, numbers }) => numbers < highest)
  const accepted = holed ? await readAccepted(client) : []
  return Promise.all(
    spools.map(async ({ numbers, ...spool }) => {
      if (numbers >= spool.highest) return { ...spool, missing: 0, ranges: [] }
      const gaps = await client.query(rangesSql, { ...spool, highest: String(spool.highest) }, rangeSchema)
      const own = accepted.filter((gap) => gap.siteId === spool.siteId && gap.spoolId === spool.spoolId)
      const ranges = without(gaps, own)
      return { ...spool, missing: sizeOf(ranges), ranges: ranges.slice(0, listed) }
    }),
  )
}
