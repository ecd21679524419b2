import { z } from 'zod'
import { type ClickHouse, countSchema, uint64Schema } from '../../runtime/clickhouse.ts'
import { finalSettings } from '../ledger/booking-sql.ts'
import { changeSchema } from '../schema/replicated-statement.ts'
import { type RebuiltTable, rebuiltTables } from './rebuilt-tables.ts'

/** A row that two databases do not agree on. */
export type RowDifference = {
  readonly table: string
  readonly key: Readonly<Record<string, string>>
  /** Only the topics have it, only the live table has it, or their columns differ. */
  readonly kind: 'missing' | 'extra' | 'changed'
  /** Business columns that differ; their values stay out of reports. */
  readonly columns: readonly string[]
}

export type Comparison = {
  /** Rows that count in the rebuilt tables. */
  readonly rows: Readonly<Record<string, number>>
  /** How many rows differ, by table. */
  readonly differing: Readonly<Record<string, number>>
  /** At most `listedRows` of them; the table `replay_differences` beside the rebuilt ones has all. */
  readonly differences: readonly RowDifference[]
}

export type Databases = { readonly live: string; readonly fresh: string }

const listedRows = 1000
const buckets = 64

const bucketSchema = z.object({ bucket: z.number(), rows: countSchema, digest: uint64Schema })

const textOf = (column: string): string => `toString(tuple(${column}))`
const bucketOf = ({ key }: RebuiltTable): string => `sipHash64(${key.join(', ')}) % ${buckets}`

/** Rows and a sum over their hashes for each bucket of keys: no order, no rounding, and little memory. */
const digestsOf = (client: ClickHouse, table: RebuiltTable, database: string) =>
  client.query(
    `SELECT toUInt16(${bucketOf(table)}) AS bucket, count() AS rows,
      sum(sipHash64(${textOf(table.businessColumns.join(', '))})) AS digest
     FROM ${database}.${table.name} FINAL WHERE ${table.counts(database)} GROUP BY bucket ${finalSettings}`,
    {},
    bucketSchema,
  )

const rowsOf = (table: RebuiltTable, database: string, isLive: boolean): string => `
  SELECT [${table.key.map((column) => `toString(${column})`).join(', ')}] AS key, ${isLive} AS is_live,
    [${table.businessColumns.map((column) => `sipHash64(${textOf(column)})`).join(', ')}] AS hashes
  FROM ${database}.${table.name} FINAL
  WHERE ${bucketOf(table)} IN ({differing:Array(UInt16)}) AND ${table.counts(database)}`

/** Where differences are kept from one comparison to the next. */
const differencesTable = ({ fresh }: Databases): string => `${fresh}.replay_differences`

/** Makes the table of differences. */
export const prepareComparison = (client: ClickHouse, databases: Databases): Promise<void> =>
  changeSchema(
    client,
    `CREATE TABLE ${differencesTable(databases)} (round UInt8, name String, key Array(String), kind String,
       columns Array(String), fingerprint UInt64 COMMENT 'changes whenever one of the two rows does')
     ENGINE = MergeTree ORDER BY (round, name, key)`,
  )

const noteDifferences = (
  client: ClickHouse,
  table: RebuiltTable,
  databases: Databases,
  { round, differing }: { round: number; differing: readonly number[] },
): Promise<void> => {
  const names = `[${table.businessColumns.map((column) => `'${column}'`).join(', ')}]`
  return client.command(
    `INSERT INTO ${differencesTable(databases)}
     SELECT ${round}, '${table.name}', key,
       multiIf(live_rows = 0, 'missing', fresh_rows = 0, 'extra', 'changed') AS kind,
       if(kind = 'changed', arrayFilter((name, a, b) -> a != b, ${names},
         if(empty(live), fresh, live), if(empty(fresh), live, fresh)), []),
       sipHash64(live_rows, fresh_rows, live, fresh)
     FROM (
       SELECT key, countIf(is_live) AS live_rows, countIf(NOT is_live) AS fresh_rows,
         anyIf(hashes, is_live) AS live, anyIf(hashes, NOT is_live) AS fresh
       FROM (${rowsOf(table, databases.live, true)} UNION ALL ${rowsOf(table, databases.fresh, false)})
       GROUP BY key HAVING live_rows != fresh_rows OR live != fresh
     ) ${finalSettings}`,
    { differing },
  )
}

/** Compares one table and answers its rows. */
const compareTable = async (
  client: ClickHouse,
  table: RebuiltTable,
  databases: Databases,
  round: number,
): Promise<number> => {
  const live = await digestsOf(client, table, databases.live)
  const fresh = await digestsOf(client, table, databases.fresh)
  const ofLive = new Map(live.map((entry) => [entry.bucket, `${entry.rows} ${entry.digest}`]))
  const ofFresh = new Map(fresh.map((entry) => [entry.bucket, `${entry.rows} ${entry.digest}`]))
  const differing = [...new Set([...ofLive.keys(), ...ofFresh.keys()])].filter(
    (bucket) => ofLive.get(bucket) !== ofFresh.get(bucket),
  )
  if (differing.length > 0) await noteDifferences(client, table, databases, { round, differing })
  return fresh.reduce((sum, entry) => sum + entry.rows, 0)
}

const suspectSchema = z.object({ name: z.string(), standing: countSchema, moving: countSchema })
const standingSchema = z.object({
  name: z.string(),
  key: z.array(z.string()),
  kind: z.enum(['missing', 'extra', 'changed']),
  columns: z.array(z.string()),
})

const readStanding = async (client: ClickHouse, databases: Databases, round: number) => {
  const of = (which: number): string =>
    `(SELECT * FROM ${differencesTable(databases)} WHERE round = ${which})`
  const both = `${of(round)} AS now INNER JOIN ${of(round - 1)} AS before USING (name, key)`
  const isStanding = 'now.fingerprint = before.fingerprint'
  const suspects = await client.query(
    `SELECT name, countIf(${isStanding}) AS standing, countIf(NOT ${isStanding}) AS moving FROM ${both} GROUP BY name`,
    {},
    suspectSchema,
  )
  const list = await client.query(
    `SELECT name, key, now.kind AS kind, now.columns AS columns FROM ${both}
     WHERE ${isStanding} ORDER BY name, key LIMIT ${listedRows}`,
    {},
    standingSchema,
  )
  return { suspects, list }
}

const differenceOf = ({ name, key, ...rest }: z.output<typeof standingSchema>): RowDifference => {
  const columns = rebuiltTables.find((table) => table.name === name)?.key ?? []
  return {
    table: name,
    key: Object.fromEntries(columns.map((column, index) => [column, key[index] ?? ''])),
    ...rest,
  }
}

const foundSchema = z.object({ found: countSchema })

/**
 * Compares the business columns of every rebuilt table with the live ones, while both go on. Undefined as long as the
 * answer is not certain: a row that has come in between is on one side only, and on both by the next round if
 * everything known now has been stored by then. What stands in two rounds in the same way does differ.
 */
export const compareRound = async (
  client: ClickHouse,
  databases: Databases,
  round: number,
): Promise<Comparison | undefined> => {
  const rows: Record<string, number> = {}
  for (const table of rebuiltTables) rows[table.name] = await compareTable(client, table, databases, round)
  const [noted] = await client.query(
    `SELECT count() AS found FROM ${differencesTable(databases)} WHERE round = ${round}`,
    {},
    foundSchema,
  )
  if (noted?.found === 0) return { rows, differing: {}, differences: [] }
  if (round === 1) return undefined
  const { suspects, list } = await readStanding(client, databases, round)
  const standing = suspects.filter((entry) => entry.standing > 0)
  if (standing.length === 0 && suspects.some(({ moving }) => moving > 0)) return undefined
  return {
    rows,
    differing: Object.fromEntries(standing.map((entry) => [entry.name, entry.standing])),
    differences: list.map(differenceOf),
  }
}
