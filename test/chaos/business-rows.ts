import { z } from 'zod'
import type { ClickHouse } from '../../src/runtime/clickhouse.ts'

/**
 * Columns that differ between two runs over the same films: ids that are drawn, places in Kafka's log, and the
 * instants at which something was done. Everything else says what was found, and must be equal.
 */
const incidental = new Set([
  'arrival_id',
  'image_offset',
  'screened_at',
  'version',
  'inserted_at',
  'ingested_at',
  'pointer',
])

const tables = [
  'receipts',
  'verdicts',
  'findings',
  'unattributed',
  'reference_tests',
  'corrections',
  'sites',
] as const

const nameRow = z.object({ name: z.string() })
const anyRow = z.record(z.string(), z.unknown())

/** The rows of every table without the incidental columns, in an order that does not depend on the run. */
export type BusinessRows = ReadonlyMap<string, readonly string[]>

/** Reads what the tables say, row by row. */
export const readBusinessRows = async (clickhouse: ClickHouse): Promise<BusinessRows> => {
  const rows = new Map<string, readonly string[]>()
  for (const table of tables) {
    const columns = await clickhouse.query(
      'SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position',
      { table },
      nameRow,
    )
    const wanted = columns.map(({ name }) => name).filter((name) => !incidental.has(name))
    const found = await clickhouse.query(`SELECT ${wanted.join(', ')} FROM ${table} FINAL`, {}, anyRow)
    rows.set(table, found.map((row) => JSON.stringify(row)).toSorted())
  }
  return rows
}

/** How two runs differ in one table. */
export type TableDifference = {
  readonly table: string
  readonly rows: readonly [number, number]
  /** Rows of one that the other lacks: the first few. */
  readonly onlyHere: readonly string[]
  readonly onlyThere: readonly string[]
}

const shown = 3

const minus = (left: readonly string[], right: readonly string[]): string[] => {
  const counts = new Map<string, number>()
  for (const row of right) counts.set(row, (counts.get(row) ?? 0) + 1)
  return left.filter((row) => {
    const count = counts.get(row) ?? 0
    counts.set(row, count - 1)
    return count <= 0
  })
}

/** The tables in which two runs differ. */
export const differencesOf = (here: BusinessRows, there: BusinessRows): readonly TableDifference[] =>
  [...here].flatMap(([table, rows]) => {
    const others = there.get(table) ?? []
    const [onlyHere, onlyThere] = [minus(rows, others), minus(others, rows)]
    if (onlyHere.length === 0 && onlyThere.length === 0) return []
    return {
      table,
      rows: [rows.length, others.length] as const,
      onlyHere: onlyHere.slice(0, shown),
      onlyThere: onlyThere.slice(0, shown),
    }
  })
