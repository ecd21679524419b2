import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import {
  type ClickHouse,
  ClickHouseFailure,
  countSchema,
  openClickHouse,
  uint64Schema,
} from '../../src/runtime/clickhouse.ts'
import { isRetryable } from '../../src/runtime/errors.ts'
import { openEmptyDatabase } from '../support/empty-database.ts'
import { uniqueName } from '../support/services.ts'
import { undoAfter } from '../support/undo.ts'

const codeOf = (code: string, retryable: boolean) => (error: unknown) =>
  error instanceof ClickHouseFailure && error.code === code && isRetryable(error) === retryable

describe('clickhouse', () => {
  let database: Awaited<ReturnType<typeof openEmptyDatabase>>
  let client: ClickHouse

  const undo = undoAfter({ after })

  before(async () => {
    database = await openEmptyDatabase(undo)
    client = database.client
  })

  const numbers = async (columns: string): Promise<string> => {
    const table = uniqueName('table').replaceAll('-', '_')
    await client.command(`CREATE TABLE ${table} (${columns}) ENGINE = MergeTree ORDER BY tuple()`)
    return table
  }
  const countOf = async (table: string): Promise<number> => {
    const [row] = await client.query(
      `SELECT count() AS rows FROM ${table}`,
      {},
      z.object({ rows: countSchema }),
    )
    return row?.rows ?? -1
  }

  test('a 64-bit integer keeps every digit, and a count that a number cannot hold is refused', async () => {
    const largest = 'SELECT toUInt64(18446744073709551615) AS value'
    const [row] = await client.query(largest, {}, z.object({ value: uint64Schema }))
    assert.equal(row?.value, 18446744073709551615n)
    await assert.rejects(client.query(largest, {}, z.object({ value: countSchema })), z.ZodError)
    const [count] = await client.query(
      'SELECT toUInt64(9007199254740991) AS value',
      {},
      z.object({ value: countSchema }),
    )
    assert.equal(count?.value, Number.MAX_SAFE_INTEGER)
  })

  test('parameters are values, never SQL', async () => {
    const text = "'; DROP TABLE x; --\n\\'"
    const rows = await client.query(
      'SELECT {text:String} AS text, {list:Array(String)} AS list',
      { text, list: ['a', "b'"] },
      z.object({ text: z.string(), list: z.array(z.string()) }),
    )
    assert.deepEqual(rows, [{ text, list: ['a', "b'"] }])
  })

  test('rows of several requests are all there when the insert resolves, and twice when sent twice', async () => {
    const table = await numbers("value UInt32, at DateTime64(3, 'UTC')")
    const values = Array.from({ length: 25_001 }, (_, index) => index)
    const columns = { value: (n: number) => n, at: () => '2026-01-02T03:04:05.678Z' }
    await client.insert(table, columns, values)
    assert.equal(await countOf(table), 25_001)
    await client.insert(table, columns, values)
    assert.equal(await countOf(table), 50_002, 'an equal block must not be dropped')
    const [row] = await client.query(
      `SELECT uniqExact(value) AS values, any(at) AS at FROM ${table}`,
      {},
      z.object({ values: countSchema, at: z.string() }),
    )
    assert.deepEqual(row, { values: 25_001, at: '2026-01-02T03:04:05.678Z' })
  })

  test('no rows need no request, and rows of many months go in at once', async () => {
    await client.insert('no_such_table', { value: (n: number) => n }, [])
    const table = uniqueName('months').replaceAll('-', '_')
    await client.command(
      `CREATE TABLE ${table} (day Date) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY day`,
    )
    const days = Array.from({ length: 150 }, (_, index) =>
      new Date(Date.UTC(2010, index, 1)).toISOString().slice(0, 10),
    )
    await client.insert(table, { day: (day: string) => day }, days)
    assert.equal(await countOf(table), 150)
  })

  test('a fault of ours is final, a full or busy server is not', async () => {
    await assert.rejects(client.command('SELEKT 1'), codeOf('SYNTAX_ERROR', false))
    await assert.rejects(client.command('SELECT * FROM no_such_table'), codeOf('UNKNOWN_TABLE', false))
    await assert.rejects(
      client.query(
        'SELECT length(groupArray(number)) AS n FROM numbers(10000000) SETTINGS max_memory_usage = 10000000',
        {},
        z.object({ n: countSchema }),
      ),
      codeOf('MEMORY_LIMIT_EXCEEDED', true),
    )
    assert.equal(isRetryable(new Error('ours')), false)
  })

  test('what a refused row holds does not reach the message', async () => {
    const table = await numbers('value UInt32')
    const secret = 'a-key-that-names-a-person'
    await assert.rejects(client.insert(table, { value: () => secret }, [1]), (error: unknown) => {
      assert.ok(error instanceof ClickHouseFailure)
      assert.equal(error.retryable, false)
      assert.ok(!`${error.message} ${error.stack} ${String(error.cause)}`.includes(secret), error.message)
      return true
    })
  })

  test('a server that is not there may be there later; a wrong password stays wrong', async (t) => {
    const nobody = openClickHouse({ ...database.address, url: 'http://127.0.0.1:1', database: 'default' })
    t.after(() => nobody.close())
    await assert.rejects(nobody.command('SELECT 1'), codeOf('ECONNREFUSED', true))
    assert.equal(await nobody.ping(), false)
    assert.equal(await client.ping(), true)
    const guessing = openClickHouse({ ...database.address, password: 'x', database: 'default' })
    t.after(() => guessing.close())
    await assert.rejects(guessing.command('SELECT 1'), codeOf('AUTHENTICATION_FAILED', false))
  })

  test('a user to whom the server does not listen is no matter of time', async (t) => {
    const unknown = { username: 'stranger', password: 'x' }
    const stranger = openClickHouse({ ...database.address, ...unknown, database: 'default' })
    t.after(() => stranger.close())
    await assert.rejects(stranger.command('SELECT 1'), codeOf('NO_QUERY_HANDLER', false))
  })
})
