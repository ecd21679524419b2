import { z } from 'zod'
import { rebuiltTables } from '../../src/analytics/replay/rebuilt-tables.ts'
import type { ClickHouse } from '../../src/runtime/clickhouse.ts'

/**
 * Business columns that still differ between two runs over the same films: what is drawn (ids, and the signature over
 * them), places in Kafka's log, the times of sending and appending, and the order in which films of a clinic came.
 */
const incidental = new Set([
  'arrival_id',
  'spool_id',
  'sequence',
  'signature',
  'image_offset',
  'first_offset',
  'sent_at',
  'appended_at',
  'told_at',
])

/** Alarms tell what became of the engine, not of films: a fault may raise one. */
const tables = rebuiltTables.filter(({ name }) => name !== 'alarms')

const anyRow = z.record(z.string(), z.unknown())

/** The rows of every table without the incidental columns, in an order that does not depend on the run. */
export type BusinessRows = ReadonlyMap<string, readonly string[]>

/** Reads what the tables say, row by row. */
export const readBusinessRows = async (clickhouse: ClickHouse): Promise<BusinessRows> => {
  const rows = new Map<string, readonly string[]>()
  for (const { name, businessColumns } of tables) {
    const wanted = businessColumns.filter((column) => !incidental.has(column))
    const found = await clickhouse.query(`SELECT ${wanted.join(', ')} FROM ${name} FINAL`, {}, anyRow)
    rows.set(name, found.map((row) => JSON.stringify(row)).toSorted())
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
