import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { readBookings } from '../../../src/analytics/stores/booking-reader.ts'
import { createDeadLetterReader } from '../../../src/analytics/stores/dead-letter-reader.ts'
import { noteCorrections } from '../../../src/analytics/stores/erasures.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { Correction } from '../../../src/contracts/correction.ts'
import type { ResultBatch } from '../../../src/contracts/ports.ts'
import { referenceTestSchema } from '../../../src/contracts/reference-test.ts'
import type { ClickHouse } from '../../../src/runtime/clickhouse.ts'
import {
  at,
  batchOf,
  deadLetter,
  deliveryId,
  finding,
  hex,
  receiptOf,
  unattributedOf,
  uuid,
  verdictOf,
} from '../films.ts'
import { counts, ledgerOf, nothing } from '../ledger/ledger-fixture.ts'
import { emptyTables, useDatabase } from '../open-database.ts'

const rowSchema = z.record(z.string(), z.unknown())
const common = { siteId: 'lisbon', who: 'data steward', why: 'asked for it', at: '2026-03-11T00:00:00.000Z' }
const eraseAnn: Correction = {
  kind: 'erase',
  correctionId: uuid('c1'),
  ...common,
  subjectKey: hex('person ann'),
}
const retractWrong: Correction = {
  kind: 'retract',
  correctionId: uuid('c2'),
  ...common,
  eventId: hex('film f3'),
  arrivalId: deliveryId('wrong patient'),
}
const densityTest = referenceTestSchema.parse({
  testId: hex('test'),
  siteId: 'lisbon',
  subjectKey: hex('person ann'),
  measuredOn: '2026-02-01',
  method: 'DXA',
  region: 'femoral-neck',
  side: 'left',
  tScore: -2.5,
  afterTherapyStart: false,
})

const ann = { film: 'f1', person: 'ann' }
const wrong = { film: 'f3', delivery: 'wrong patient', person: 'bea' }
const right = { film: 'f3', delivery: 'right patient', person: 'cleo' }
const pieces: readonly Partial<ResultBatch>[] = [
  { receipts: [receiptOf(ann, at(0)), receiptOf(wrong, at(2))] },
  { verdicts: [verdictOf(ann, at(0), finding('p1'))] },
  { verdicts: [verdictOf({ film: 'f2', person: 'ann' }, at(1), deadLetter('FILE_CORRUPT'))] },
  {
    verdicts: [verdictOf(wrong, at(2), finding('p3')), verdictOf(right, at(3), finding('p3'))],
  },
  { verdicts: [verdictOf({ film: 'f4', person: 'ann', site: 'porto' }, at(4), finding('p4'))] },
  { referenceTests: [densityTest] },
  { corrections: [eraseAnn] },
  { corrections: [retractWrong] },
]
const tables = [
  'receipts',
  'verdicts',
  'findings',
  'image_records',
  'reference_tests',
  'erased_arrivals',
  'erased_people',
]

describe('erasures', () => {
  const database = useDatabase()
  const { write, ledgerAt } = ledgerOf(() => database)

  const rowsOf = (table: string, client = database.client) =>
    client.query(`SELECT * FROM ${table} FINAL ORDER BY ALL`, {}, rowSchema)
  const contents = async () =>
    Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await rowsOf(table)] as const)))
  const sizes = async () =>
    Object.fromEntries(Object.entries(await contents()).map(([table, rows]) => [table, rows.length]))

  const left = {
    receipts: 0,
    verdicts: 2,
    findings: 2,
    image_records: 5,
    reference_tests: 0,
    erased_arrivals: 3,
    erased_people: 1,
  }

  test('what is erased leaves a tombstone and nothing else, in whatever order and however often it comes', async () => {
    const orders = [
      pieces,
      pieces.toReversed(),
      [...pieces.slice(4), ...pieces.slice(0, 4)],
      [...pieces, ...pieces.toReversed()],
    ]
    let first: unknown
    for (const order of orders) {
      await emptyTables(database.client)
      for (const piece of order) await write(piece)
      assert.deepEqual(await sizes(), left)
      first ??= await contents()
      assert.deepEqual(await contents(), first)
      const ledger = await ledgerAt({ screened: 5 })
      assert.deepEqual(counts(ledger), { ...nothing, received: 5, findings: 2, erased: 3 })
      assert.equal(ledger.balanced, true)
    }
  })

  test('a batch of everything at once ends the same', async () => {
    const all = Object.fromEntries(
      Object.keys(batchOf({})).map((name) => [
        name,
        pieces.flatMap((piece): readonly unknown[] => piece[name as keyof ResultBatch] ?? []),
      ]),
    )
    await write(all)
    assert.deepEqual(await sizes(), left)
  })

  test('no key of the person is left anywhere but in the correction', async () => {
    for (const piece of pieces)
      await write({ ...piece, verdicts: piece.verdicts?.filter(({ attributed }) => attributed) ?? [] })
    const elsewhere = await Promise.all(
      ['receipts', 'verdicts', 'findings', 'image_records', 'reference_tests', 'erased_arrivals'].map(
        (table) => rowsOf(table),
      ),
    )
    const lisbon = elsewhere.flat().filter((row) => row['site_id'] === 'lisbon')
    assert.ok(!JSON.stringify(lisbon).includes(hex('person ann')))
    assert.ok(lisbon.length > 0)
  })

  test('a correction of another process in the middle of a batch is seen by one of the two', async () => {
    const other = createResultStore({ client: database.connect() })
    for (const table of ['findings', 'verdicts', 'image_records']) {
      await emptyTables(database.client)
      let once = false
      const interrupted: ClickHouse = {
        ...database.client,
        insert: async (name, columns, values) => {
          if (name === table && !once) {
            once = true
            await other.write(batchOf({ corrections: [eraseAnn] }))
          }
          await database.client.insert(name, columns, values)
        },
      }
      await createResultStore({ client: interrupted }).write(batchOf(pieces[1] ?? {}))
      assert.deepEqual(await rowsOf('findings'), [], `before ${table}`)
      assert.deepEqual(await rowsOf('verdicts'), [], `before ${table}`)
      assert.equal((await ledgerAt({ screened: 1 })).erased, 1)
    }
  })

  test('what is remembered of the batch before neither misses a correction nor keeps rows back without one', async () => {
    const [store, other] = [database.client, database.connect()].map((client) =>
      createResultStore({ client }),
    )
    const verdictOnAnn = batchOf(pieces[1] ?? {})
    await store?.write(batchOf(pieces[4] ?? {}))
    await other?.write(batchOf({ corrections: [eraseAnn] }))
    await store?.write(verdictOnAnn)
    assert.equal((await rowsOf('findings')).length, 1, 'of the person of another clinic')
    assert.equal((await ledgerAt({ screened: 2 })).erased, 1)
    // As a mended replay may leave the tables.
    await emptyTables(database.client)
    await store?.write(verdictOnAnn)
    assert.equal((await rowsOf('findings')).length, 1)
    assert.deepEqual(await rowsOf('erased_arrivals'), [])
  })

  test('readings of a batch that was never finished go when it comes again', async () => {
    const broken: ClickHouse = {
      ...database.client,
      insert: (name, columns, values) =>
        name === 'verdicts'
          ? Promise.reject(new Error('away'))
          : database.client.insert(name, columns, values),
    }
    const verdicts = pieces[1] ?? {}
    await assert.rejects(createResultStore({ client: broken }).write(batchOf(verdicts)))
    assert.equal((await rowsOf('findings')).length, 1)
    await write({ corrections: [eraseAnn] })
    await write(verdicts)
    assert.deepEqual(await rowsOf('findings'), [])
  })

  test('an unreadable record of an erased arrival is that arrival', async () => {
    await write({
      receipts: [receiptOf(ann, at(0))],
      verdicts: [unattributedOf(at(0), 'EVENT_SCHEMA_INVALID')],
    })
    await write({ corrections: [eraseAnn] })
    const ledger = await ledgerAt({ screened: 1 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 1, erased: 1 })
    assert.equal(ledger.balanced, true)
  })

  test('a correction counts from the moment at which it is stored, before the rows have gone', async () => {
    await write({ receipts: [receiptOf(ann, at(0)), receiptOf({ film: 'f9' }, at(1))] })
    await write({ verdicts: [verdictOf({ film: 'f5', person: 'ann' }, at(2), finding('p5'))] })
    await noteCorrections(database.client, [eraseAnn])
    assert.deepEqual([(await rowsOf('receipts')).length, (await rowsOf('verdicts')).length], [2, 1])
    const ledger = await ledgerAt({ screened: 0, images: 3 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 3, erased: 2, inFlight: 1 })
    const booked = await readBookings(database.client, [deliveryId('f1'), deliveryId('f5'), deliveryId('f9')])
    assert.deepEqual(
      booked.map(({ arrivalId, booking }) => `${arrivalId} ${booking}`).toSorted(),
      [`${deliveryId('f1')} erased`, `${deliveryId('f5')} erased`].toSorted(),
    )
  })

  test('its readers say erased, and list no dead letter of it', async () => {
    for (const piece of pieces) await write(piece)
    const booked = await readBookings(database.client, [
      deliveryId('f1'),
      deliveryId('f2'),
      deliveryId('right patient'),
    ])
    assert.deepEqual(
      booked.map(({ booking, kind, hips }) => `${booking} ${kind} ${hips.length}`).toSorted(),
      ['erased erased 0', 'erased erased 0', 'finding finding 1'],
    )
    assert.deepEqual(await createDeadLetterReader({ client: database.client }).list(10), [])
  })

  test('the rows are gone from the disk once their parts are rewritten', async () => {
    for (const piece of pieces) await write(piece)
    for (const table of ['findings', 'verdicts', 'receipts']) {
      await database.client.command(`ALTER TABLE ${table} APPLY DELETED MASK SETTINGS mutations_sync = 2`)
      const rows = await database.client.query(
        `SELECT site_id FROM ${table} SETTINGS apply_deleted_mask = 0`,
        {},
        rowSchema,
      )
      assert.equal(rows.length, left[table as keyof typeof left], table)
    }
  })
})
