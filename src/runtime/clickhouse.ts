import { Agent } from 'node:http'
import { ClickHouseError, createClient } from '@clickhouse/client'

/** A row as ClickHouse's JSON has it; 64-bit integers are strings. */
export type RowSchema<Row> = { readonly parse: (row: unknown) => Row }

/** One connection to ClickHouse; the only place that knows its client. */
export type ClickHouse = {
  readonly database: string
  readonly query: <Row>(sql: string, params: QueryParams, row: RowSchema<Row>) => Promise<readonly Row[]>
  /** Resolves when ClickHouse has acknowledged every row. */
  readonly insert: (table: string, rows: readonly object[]) => Promise<void>
  readonly command: (sql: string, params?: QueryParams) => Promise<void>
  readonly ping: () => Promise<boolean>
  readonly close: () => Promise<void>
}

export type QueryParams = Readonly<Record<string, string | number | boolean | readonly string[]>>

export type ClickHouseOptions = {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database: string
  readonly requestTimeoutMs?: number
}

/** Whether the same request may succeed later: the server was away, busy, or out of room. */
export const isRetryable = (error: unknown): boolean =>
  !(error instanceof ClickHouseError) ||
  ['202', '241', '243', '252', '999', '164', '209', '210'].includes(error.code)

/** Opens a connection; it connects at the first request. */
export const openClickHouse = (options: ClickHouseOptions): ClickHouse => {
  const client = createClient({
    url: options.url,
    username: options.username,
    password: options.password,
    database: options.database,
    application: 'osteostream',
    request_timeout: options.requestTimeoutMs ?? 60_000,
    http_agent: new Agent({ keepAlive: true, keepAliveMsecs: 1000, maxSockets: 8 }),
    compression: { request: false, response: false },
    clickhouse_settings: {
      // Numbers that JavaScript cannot hold arrive as text, and times as ISO 8601.
      output_format_json_quote_64bit_integers: 1,
      date_time_output_format: 'iso',
      date_time_input_format: 'best_effort',
      // A row is acknowledged when it is stored; nothing is deduplicated by a token.
      async_insert: 0,
      insert_deduplicate: 0,
      join_use_nulls: 1,
    },
  })
  return {
    database: options.database,
    query: async (sql, params, row) => {
      const answer = await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' })
      const rows: unknown[] = await answer.json()
      return rows.map((found) => row.parse(found))
    },
    insert: async (table, rows) => {
      if (rows.length > 0) await client.insert({ table, values: [...rows], format: 'JSONEachRow' })
    },
    command: async (sql, params = {}) => {
      await client.command({ query: sql, query_params: { ...params } })
    },
    ping: async () => (await client.ping()).success,
    close: () => client.close(),
  }
}
