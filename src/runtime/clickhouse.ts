import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { z } from 'zod'
import { CellRefused, encodeBlock } from './encode-block.ts'
import { messageOf, systemCodeOf } from './errors.ts'

/** Reads one row as ClickHouse's JSON has it: 64-bit integers are decimal text, times ISO 8601. */
export type RowSchema<Row> = { readonly parse: (row: unknown) => Row }

export type QueryParams = Readonly<
  Record<string, string | number | boolean | readonly string[] | readonly number[] | readonly boolean[]>
>

/** The columns of a table, each with how it follows from a value; the order is the order of the insert. */
export type Columns<Value> = Readonly<Record<string, (value: Value) => unknown>>

/** One connection to ClickHouse; the only place that knows its client. Every method throws ClickHouseFailure. */
export type ClickHouse = {
  readonly database: string
  /** Whether the server is one of several replicas of one shard. */
  readonly replicated: boolean
  /** Rows of a SELECT; `params` fill `{name:Type}` in the text. What does not fit `row` is a fault and throws. */
  readonly query: <Row>(sql: string, params: QueryParams, row: RowSchema<Row>) => Promise<readonly Row[]>
  /** Resolves when ClickHouse has acknowledged every row; some may be stored when it throws. */
  readonly insert: <Value>(table: string, columns: Columns<Value>, values: readonly Value[]) => Promise<void>
  readonly command: (sql: string, params?: QueryParams) => Promise<void>
  readonly ping: () => Promise<boolean>
  readonly close: () => Promise<void>
}

export type ClickHouseOptions = {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database: string
  /** Whether the server is one of several replicas of one shard; false where not given. */
  readonly replicated?: boolean
  /** 60,000 where not given. */
  readonly requestTimeoutMs?: number
}

/** A UInt64 as ClickHouse sends it: text, because JavaScript's numbers end at 2^53. */
export const uint64Schema = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt)

/** A UInt64 that counts rows, as a number; refuses what a number cannot hold. */
export const countSchema = uint64Schema.pipe(
  z
    .bigint()
    .max(BigInt(Number.MAX_SAFE_INTEGER))
    .transform((count) => Number(count)),
)

/** What the server says when it is away, busy, read-only or out of room: the same request may succeed later. */
const passing: ReadonlySet<string> = new Set([
  'ABORTED',
  'ALL_CONNECTION_TRIES_FAILED',
  'CANNOT_ALLOCATE_MEMORY',
  'CANNOT_FSYNC',
  'CANNOT_OPEN_FILE',
  'CANNOT_READ_ALL_DATA',
  'CANNOT_SCHEDULE_TASK',
  'CANNOT_WRITE_TO_FILE_DESCRIPTOR',
  'DEADLOCK_AVOIDED',
  'DNS_ERROR',
  'KEEPER_EXCEPTION',
  'MEMORY_LIMIT_EXCEEDED',
  'NETWORK_ERROR',
  'NOT_ENOUGH_SPACE',
  'NO_FREE_CONNECTION',
  'NO_ZOOKEEPER',
  'QUERY_WAS_CANCELLED',
  'QUOTA_EXCEEDED',
  'READONLY',
  'S3_ERROR',
  'SERVER_OVERLOADED',
  'SOCKET_TIMEOUT',
  'SYSTEM_ERROR',
  'TABLE_IS_READ_ONLY',
  'TIMEOUT_EXCEEDED',
  'TOO_FEW_LIVE_REPLICAS',
  'TOO_MANY_MUTATIONS',
  'TOO_MANY_PARTS',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'UNKNOWN_STATUS_OF_INSERT',
  'UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE',
  // Our tables have no constraint but the one with which a replay holds writes for a moment.
  'VIOLATED_CONSTRAINT',
])

/** The server's words on these repeat pieces of the row, which must reach no log. */
const repeatsRows =
  /PARSE|INCORRECT_DATA|TYPE_MISMATCH|CONVERT|OUT_OF_BOUND|UNKNOWN_ELEMENT|CANNOT_READ|INSERT_NULL/

/** A request that ClickHouse refused, or that did not reach it. */
export class ClickHouseFailure extends Error {
  /** ClickHouse's name of the error, Node's code of a system error, or UNREACHABLE. */
  readonly code: string
  /** Whether the same request may succeed later. */
  readonly retryable: boolean

  constructor(code: string, message: string, retryable: boolean) {
    super(message)
    this.name = 'ClickHouseFailure'
    this.code = code
    this.retryable = retryable
  }
}

const noQueryHandler =
  'clickhouse takes no queries of this user at this address: set OSTEOSTREAM_CLICKHOUSE_URL to its HTTP port and OSTEOSTREAM_CLICKHOUSE_USER to a user that it knows'

const failureOf = (thrown: unknown): ClickHouseFailure => {
  if (thrown instanceof CellRefused) return new ClickHouseFailure('CELL_REFUSED', thrown.message, false)
  if (!(thrown instanceof ClickHouseError)) {
    const said = messageOf(thrown)
    // Embedded ClickHouse answers nobody but its user, and an interserver port answers no query at all.
    if (said.startsWith('There is no handle'))
      return new ClickHouseFailure('NO_QUERY_HANDLER', noQueryHandler, false)
    const code = systemCodeOf(thrown) ?? 'UNREACHABLE'
    return new ClickHouseFailure(code, `clickhouse does not answer: ${said}`.slice(0, 300), true)
  }
  const code = thrown.type ?? thrown.code
  const firstLine = repeatsRows.test(code)
    ? 'the rows do not fit the table'
    : thrown.message.split('\n', 1)[0]
  return new ClickHouseFailure(
    code,
    `clickhouse refused (${code}): ${firstLine}`.slice(0, 300),
    passing.has(code),
  )
}

const asking = async <Value>(request: () => Promise<Value>): Promise<Value> => {
  try {
    return await request()
  } catch (error) {
    throw failureOf(error)
  }
}

/** Rows that go in one request, and requests under way at once: measured best, see ADR 0002. */
const rowsPerRequest = 10_000
const requestsAtOnce = 2
/** Rows of a request that are encoded at once; ClickHouse makes one part of them all. */
const rowsPerBlock = 1000

const settings = {
  output_format_json_quote_64bit_integers: 1,
  date_time_output_format: 'iso',
  // A block says String for what ClickHouse reads from text itself.
  input_format_native_allow_types_conversion: 1,
  // A row is acknowledged when its part is written, and nothing is dropped because it was there before:
  // the server's own defaults are the other way round.
  async_insert: 0,
  wait_for_async_insert: 1,
  insert_deduplicate: 0,
  // Rows with one key collapse in FINAL and in merges; once more at insert costs a fifth of the throughput.
  optimize_on_insert: 0,
  // A batch of rows from many months must not stop the sink.
  max_partitions_per_insert_block: '0',
} as const

/** With replicas a row is acknowledged when most of them have it, and a schema changed when all that are up have. */
const onReplicas = {
  insert_quorum: 'auto',
  distributed_ddl_task_timeout: 120,
  distributed_ddl_output_mode: 'throw',
} as const

const columnSchema = z.object({ name: z.string(), type: z.string() })
type ColumnTypes = ReadonlyMap<string, string>

/** Asks for the types of a table's columns once: where a migration changes one later, ClickHouse converts. */
const createTypes = (query: ClickHouse['query']) => {
  const known = new Map<string, ColumnTypes>()
  return async (table: string): Promise<ColumnTypes> => {
    const found = known.get(table)
    if (found !== undefined) return found
    const rows = await query(`DESCRIBE TABLE ${table}`, {}, columnSchema)
    const types = new Map(rows.map(({ name, type }) => [name, type]))
    known.set(table, types)
    return types
  }
}

/** Rows as blocks. Cells are taken row by row, and few rows at a time: they are read again while they are near. */
const blocksOf = <Value>(types: ColumnTypes, columns: Columns<Value>, values: readonly Value[]): Buffer[] => {
  const blocks: Buffer[] = []
  for (let from = 0; from < values.length; from += rowsPerBlock) {
    const block = Object.entries(columns).map(([name, cellOf]) => ({
      name,
      type: types.get(name) ?? '',
      cellOf,
      cells: [] as unknown[],
    }))
    for (const value of values.slice(from, from + rowsPerBlock))
      for (const { cellOf, cells } of block) cells.push(cellOf(value))
    blocks.push(encodeBlock(block))
  }
  return blocks
}

/** Opens a connection; the first request connects. */
export const openClickHouse = (options: ClickHouseOptions): ClickHouse => {
  const client = createClient({
    url: options.url,
    // The embedded server knows its user by these headers alone; every server takes them.
    set_basic_auth_header: false,
    http_headers: { 'X-ClickHouse-User': options.username, 'X-ClickHouse-Key': options.password },
    database: options.database,
    application: 'osteostream',
    request_timeout: options.requestTimeoutMs ?? 60_000,
    max_open_connections: 8,
    // Whoever asked gets the error; the client's own lines would carry rows past our logger.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: options.replicated === true ? { ...settings, ...onReplicas } : settings,
  })
  const query: ClickHouse['query'] = async (sql, params, row) => {
    const rows = await asking(async () => {
      const answer = await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' })
      return answer.json<unknown>()
    })
    return rows.map((found) => row.parse(found))
  }
  const typesOf = createTypes(query)
  return {
    database: options.database,
    replicated: options.replicated === true,
    query,
    insert: async (table, columns, values) => {
      if (values.length === 0) return
      const types = await typesOf(table)
      const statement = `INSERT INTO ${table} (${Object.keys(columns).join(', ')}) FORMAT Native`
      const send = async (from: number): Promise<void> => {
        const blocks = blocksOf(types, columns, values.slice(from, from + rowsPerRequest))
        const { stream } = await client.exec({ query: statement, values: Readable.from(blocks) })
        await text(stream)
      }
      await asking(() => eachFrom(values.length, send))
    },
    command: async (sql, params = {}) => {
      await asking(() => client.command({ query: sql, query_params: { ...params } }))
    },
    ping: async () => (await client.ping()).success,
    close: () => client.close(),
  }
}

/** Runs `send` for every slice of the rows, a few at once; rejects only when none is under way any more. */
const eachFrom = async (length: number, send: (from: number) => Promise<unknown>): Promise<void> => {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < length) {
      const from = next
      next += rowsPerRequest
      await send(from)
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: requestsAtOnce }, lane))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
