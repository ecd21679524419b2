import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import type { ClickHouse } from '../../src/runtime/clickhouse.ts'
import { CellRefused, encodeBlock } from '../../src/runtime/encode-block.ts'
import { openEmptyDatabase } from '../support/empty-database.ts'
import { uniqueName } from '../support/services.ts'
import { undoAfter } from '../support/undo.ts'

const blockOf = (type: string, ...cells: unknown[]): Buffer => encodeBlock([{ name: 'c', type, cells }])
/** What follows the name of the only column and its type. */
const cellsOf = (type: string, wire: string, ...cells: unknown[]): number[] => {
  const block = blockOf(type, ...cells)
  const head = Buffer.from([1, cells.length, 1, 0x63, wire.length, ...Buffer.from(wire)])
  assert.deepEqual(block.subarray(0, head.length), head)
  return [...block.subarray(head.length)]
}

describe('a block', () => {
  test('has its sizes, and each column with its name, its type and its cells', () => {
    const block = encodeBlock([
      { name: 'film', type: 'LowCardinality(String)', cells: ['ab', ''] },
      { name: 'n', type: 'UInt16', cells: [1, 65_535] },
    ])
    assert.equal(
      block.toString('latin1'),
      '\x02\x02\x04film\x06String\x02ab\x00\x01n\x06UInt16\x01\x00\xff\xff',
    )
  })

  test('has the size of a text in bytes, and in as many bytes as it takes', () => {
    const sizeOf = (text: string): number[] =>
      cellsOf('String', 'String', text).slice(0, -Buffer.byteLength(text) || undefined)
    assert.deepEqual(sizeOf(''), [0])
    assert.deepEqual(sizeOf('é'), [2])
    assert.deepEqual(sizeOf('€'.repeat(42)), [126])
    assert.deepEqual(sizeOf('€'.repeat(43)), [129, 1])
    assert.deepEqual(sizeOf('x'.repeat(127)), [127])
    assert.deepEqual(sizeOf('x'.repeat(16_384)), [128, 128, 1])
  })

  test('marks nulls, and says where lists and maps end', () => {
    assert.deepEqual(cellsOf('Nullable(UInt8)', 'Nullable(UInt8)', 7, null), [0, 1, 7, 0])
    const ends = [2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
    assert.deepEqual(cellsOf('Array(UInt8)', 'Array(UInt8)', [3, 4], []), [...ends, 3, 4])
    assert.deepEqual(
      cellsOf('Map(LowCardinality(String), UInt8)', 'Map(String, UInt8)', { a: 5, b: 6 }, {}),
      [...ends, 1, 0x61, 1, 0x62, 5, 6],
    )
  })

  const misfits: readonly (readonly [string, readonly unknown[]])[] = [
    ['UInt8', [256, -1, 1.5, Number.NaN, '1', null, undefined, true]],
    ['UInt16', [65_536, -1]],
    ['UInt32', [2 ** 32, -1, Number.POSITIVE_INFINITY]],
    ['UInt64', [1, '-1', '', '1.5', '0x1', '12345678901234567890', 5n]],
    ['Float64', [Number.NaN, Number.POSITIVE_INFINITY, '1', null]],
    ['Float32', [3.5e38, Number.NaN]],
    ['Bool', [1, 'true', null]],
    ['String', [1, null, undefined, {}]],
    ['UUID', [null]],
    ["DateTime64(3, 'UTC')", ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678+01', 1_767_323_045_678, null]],
    ['Nullable(Float64)', [undefined, Number.NaN]],
    ['Nullable(UUID)', ['', 'north']],
    ['Nullable(Date32)', ['', '2026-2-1', 'north']],
    ['Nullable(FixedString(4))', ['abcd', null]],
    ['Array(UInt8)', [[256], 'ab', null]],
    ['Map(String, String)', [{ a: 1 }, 'ab', null]],
    ['Int32', [1]],
  ]
  for (const [type, cells] of misfits)
    test(`refuses what ${type} cannot hold, and does not repeat it`, () => {
      for (const cell of cells) {
        const refused = (error: unknown): boolean =>
          error instanceof CellRefused && error.message === 'a cell does not fit the column c'
        assert.throws(() => blockOf(type, cell), refused, String(cell))
      }
    })
})

describe('a block in ClickHouse', () => {
  let client: ClickHouse
  const undo = undoAfter({ after })

  before(async () => {
    client = (await openEmptyDatabase(undo)).client
  })

  const created = async (columns: string): Promise<string> => {
    const table = uniqueName('table').replaceAll('-', '_')
    await client.command(`CREATE TABLE ${table} (row UInt32, ${columns}) ENGINE = MergeTree ORDER BY row`)
    return table
  }
  /** What stands in a column of a type after cells have been inserted. */
  const stored = async (type: string, cells: readonly unknown[], shown = 'cell'): Promise<unknown[]> => {
    const table = await created(`cell ${type}`)
    await client.insert(
      table,
      { row: (index: number) => index, cell: (index: number) => cells[index] },
      cells.map((_, index) => index),
    )
    const found = await client.query(
      `SELECT ${shown} AS shown FROM ${table} ORDER BY row`,
      {},
      z.object({ shown: z.unknown() }),
    )
    return found.map(({ shown: cell }) => cell)
  }

  const digest = '0123456789abcdef'.repeat(4)
  const id = '0b7e5b3a-6c1d-4f2e-9a8b-123456789abc'
  const same: readonly (readonly [string, readonly unknown[]])[] = [
    ['UInt8', [0, 1, 255]],
    ['UInt16', [0, 256, 65_535]],
    ['UInt32', [0, 65_536, 4_294_967_295]],
    ['UInt64', ['0', '9007199254740993', '9999999999999999999']],
    ['Float64', [0, -0.1, 1e-300, Number.MAX_VALUE, Number.MIN_VALUE]],
    ['Float32', [0, -2.5, 0.25]],
    ['Bool', [true, false]],
    ['String', ['', 'a', '\u0000\n\t\\\'"', 'Zürich 骨 🦴', 'é'.repeat(43), 'x'.repeat(20_000)]],
    ['FixedString(64)', [digest]],
    ['UUID', [id, '00000000-0000-0000-0000-000000000000']],
    ['Date', ['1970-01-01', '2026-02-28']],
    ['Date32', ['1900-01-01', '1969-12-31', '2299-12-31']],
    ["Enum8('finding' = 1, 'rejected' = 2)", ['rejected', 'finding']],
    ['LowCardinality(String)', ['', 'north', 'süd', 'north']],
    ['LowCardinality(FixedString(64))', [digest]],
    ['Nullable(Float64)', [null, 1.5, null]],
    ['Nullable(UUID)', [null, id]],
    ['Nullable(String)', [null, '', 'süd']],
    ['Nullable(Date32)', ['1901-02-03', null]],
    ['Array(Float64)', [[], [1.5, -2], [0]]],
    ['Array(LowCardinality(String))', [['a', 'b'], [], ['a', '']]],
    ['Map(LowCardinality(String), String)', [{}, { a: 'x', ü: '' }, { a: 'y' }]],
  ]
  for (const [type, cells] of same)
    test(`keeps each ${type}`, async () => {
      assert.deepEqual(await stored(type, cells), cells)
    })

  test('keeps instants to the millisecond, between the first and the last one', async () => {
    const instants = [
      '1900-01-01T00:00:00.000Z',
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.001Z',
      '2026-03-29T01:30:00.678Z',
      '2299-12-31T23:59:59.999Z',
    ]
    const cells = [...instants, null]
    assert.deepEqual(await stored("DateTime64(3, 'UTC')", instants), instants)
    assert.deepEqual(await stored("Nullable(DateTime64(3, 'UTC'))", cells), cells)
  })

  test('half of a character becomes the sign of a character that cannot be read', async () => {
    assert.deepEqual(await stored('String', ['a\ud83e']), ['a\ufffd'])
  })

  test('ClickHouse refuses what it cannot read, and the failure does not repeat it', async () => {
    const secret = 'a-key-that-names-a-person'
    const types = ['UUID', 'Date32', 'FixedString(4)', "Enum8('finding' = 1)", 'Decimal(9, 2)']
    for (const type of types)
      await assert.rejects(stored(type, [secret]), (error: unknown) => {
        assert.ok(error instanceof Error)
        assert.match(error.message, /the rows do not fit the table|too long/i, type)
        assert.ok(!`${error.message} ${error.stack} ${String(error.cause)}`.includes(secret), error.message)
        return true
      })
  })

  test('any rows come back as they went in, over many blocks as well', async () => {
    const table = await created(
      'name String, word LowCardinality(String), share Nullable(Float64), names Array(String)',
    )
    const rows = fc.array(
      fc.record(
        {
          name: fc.string({ unit: 'grapheme', maxLength: 60 }),
          word: fc.constantFrom('a', 'b', ''),
          share: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((share) => share + 0)),
          names: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
        },
        { noNullPrototype: true },
      ),
      { minLength: 1, maxLength: 50 },
    )
    type Row = { name: string; word: string; share: number | null; names: string[] }
    const columns = {
      row: ({ index }: { index: number }) => index,
      name: ({ row }: { row: Row }) => row.name,
      word: ({ row }: { row: Row }) => row.word,
      share: ({ row }: { row: Row }) => row.share,
      names: ({ row }: { row: Row }) => row.names,
    }
    const holds = async (some: readonly Row[], copies: number): Promise<void> => {
      await client.command(`TRUNCATE TABLE ${table}`)
      const all = Array.from({ length: copies }, () => some).flat()
      await client.insert(
        table,
        columns,
        all.map((row, index) => ({ row, index })),
      )
      const found = await client.query(
        `SELECT name, word, share, names FROM ${table} ORDER BY row`,
        {},
        z.unknown(),
      )
      assert.deepEqual(found, all)
    }
    await fc.assert(
      fc.asyncProperty(rows, (some) => holds(some, 1)),
      { numRuns: 30, seed: 3 },
    )
    await holds(fc.sample(rows, { numRuns: 1, seed: 4 })[0] ?? [], 100)
  })
})
