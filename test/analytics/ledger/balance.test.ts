import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LedgerOffsets } from '../../../src/analytics/ledger/ledger-offsets.ts'
import { readLedger } from '../../../src/analytics/ledger/read-ledger.ts'
import { ledgerLines } from '../../../src/cli/show/show-ledger.ts'
import type { ResultBatch } from '../../../src/contracts/ports.ts'
import { imagesTopic } from '../../../src/contracts/topics.ts'
import { drawn } from '../drawn-people.ts'
import { at, deadLetter, finding, hex, receiptOf, rejection, unattributedOf, verdictOf } from '../films.ts'
import { emptyTables, useDatabase } from '../open-database.ts'
import { counts, ledgerOf, nothing } from './ledger-fixture.ts'

describe('balance of the study ledger', () => {
  const database = useDatabase()
  const { write, ledgerAt, remove } = ledgerOf(() => database)

  /** Eight records of one partition: every booking of a screened record. */
  const mixed: Partial<ResultBatch> = {
    receipts: [
      receiptOf({ film: 'f1', delivery: 'd1' }, at(0)),
      receiptOf({ film: 'f2' }, at(1)),
      receiptOf({ film: 'f3' }, at(2)),
      receiptOf({ film: 'f1', delivery: 'd2' }, at(3)),
      receiptOf({ film: 'f1', delivery: 'd3', bytes: 'b3' }, at(4)),
      receiptOf({ film: 'unreadable' }, at(5)),
    ],
    verdicts: [
      verdictOf({ film: 'f1', delivery: 'd1' }, at(0), finding('p1')),
      verdictOf({ film: 'f2' }, at(1), rejection('NOT_A_HIP', 'p2')),
      verdictOf({ film: 'f3' }, at(2), deadLetter('FILE_CORRUPT')),
      verdictOf({ film: 'f1', delivery: 'd2' }, at(3), finding('p1')),
      verdictOf({ film: 'f1', delivery: 'd3', bytes: 'b3' }, at(4), finding('p1 changed')),
      unattributedOf(at(5), 'EVENT_SCHEMA_INVALID'),
      unattributedOf(at(6), 'EVENT_SCHEMA_INVALID'),
      verdictOf({ film: 'f4' }, at(7), finding('p4')),
    ],
  }
  const mixedCounts = {
    ...nothing,
    received: 8,
    findings: 2,
    rejected: { NOT_A_HIP: 1 },
    deadLettered: { FILE_CORRUPT: 1, EVENT_SCHEMA_INVALID: 2 },
    duplicates: 1,
    conflicts: 1,
  }

  test('drawn people of a history stand in a line of their own, and in no count of films', async () => {
    await write({ history: [drawn('a'), drawn('b'), drawn('a')] })
    const ledger = await ledgerAt({ screened: 0 })
    assert.deepEqual(counts(ledger), nothing)
    assert.deepEqual([ledger.drawnPeople, ledger.balanced], [2, true])
    assert.match(
      ledgerLines(ledger).join('\n'),
      /history: 2 drawn people of a demonstration, in no count above/,
    )
  })

  test('an engine without films balances at nothing', async () => {
    const ledger = await ledgerAt({ screened: 0 })
    assert.deepEqual(counts(ledger), nothing)
    assert.equal(ledger.balanced, true)
  })

  test('books every arrival once, also without its receipt, and an unreadable record as its arrival', async () => {
    await write(mixed)
    const ledger = await ledgerAt({ screened: 8 }, { byClinicHour: true })
    assert.deepEqual(counts(ledger), mixedCounts)
    assert.equal(ledger.balanced, true)
    assert.deepEqual(
      ledger.byClinicHour?.map(({ siteId, hour, received }) => `${siteId} ${hour} ${received}`),
      ['lisbon 2026-03-10T09:00:00.000Z 7', 'unattributed 2026-03-10T10:00:00.000Z 1'],
    )
    assert.equal((await ledgerAt({ screened: 8 })).byClinicHour, undefined)
  })

  test('deleting one verdict row makes it unbalanced, whichever row it is', async () => {
    for (const film of ['f2', 'f3', 'f4']) {
      await emptyTables(database.client)
      await write(mixed)
      await remove('verdicts', `event_id = '${hex(`film ${film}`)}'`)
      const ledger = await ledgerAt({ screened: 8 })
      assert.equal(ledger.lost, 1, film)
      assert.equal(ledger.received, 8, 'a lost arrival is still received')
      assert.equal(ledger.balanced, false)
    }
  })

  test('deleting every trace of an arrival makes it unbalanced by the offsets', async () => {
    await write(mixed)
    await remove('verdicts', `event_id = '${hex('film f4')}'`)
    await remove('image_records', 'image_offset = 7')
    const ledger = await ledgerAt({ screened: 8 })
    assert.equal(ledger.lost, 0, 'nothing in the tables knows of it')
    assert.equal(ledger.unansweredRecords, 1)
    assert.equal(ledger.balanced, false)
  })

  test('deleting the row of an unreadable record makes it unbalanced', async () => {
    await write(mixed)
    await remove('unattributed', 'image_offset = 6')
    const ledger = await ledgerAt({ screened: 8 })
    assert.equal(ledger.lost, 1)
    assert.equal(ledger.balanced, false)
  })

  test('a receipt without verdict is in flight at or above the committed offset, lost below it', async () => {
    await write({ receipts: [receiptOf({ film: 'f1' }, at(0)), receiptOf({ film: 'f2' }, at(1))] })
    const before = await ledgerAt({ screened: 0, images: 2 })
    assert.deepEqual(counts(before), { ...nothing, received: 2, inFlight: 2 })
    assert.equal(before.unscreenedRecords, 2)
    assert.equal(before.balanced, true)
    const between = await ledgerAt({ screened: 1, images: 2 })
    assert.deepEqual(counts(between), { ...nothing, received: 2, inFlight: 1, lost: 1 })
    assert.equal(between.balanced, false)
  })

  test('what is screened is in flight while the sink has verdicts before it', async () => {
    await write({ receipts: [receiptOf({ film: 'f1' }, at(0)), receiptOf({ film: 'f2' }, at(1))] })
    const behind = await ledgerAt({ screened: 2, verdicts: 2, sunk: 0 })
    assert.deepEqual(counts(behind), { ...nothing, received: 2, inFlight: 2 })
    assert.equal(behind.balanced, true)
    const more = await ledgerAt({ screened: 2, verdicts: 2, sunk: 1 })
    assert.equal(more.lost, 0)
    assert.equal(more.unansweredRecords, 2)
    assert.equal(more.balanced, false, 'one verdict on the way cannot answer two records')
    assert.equal((await ledgerAt({ screened: 2 })).lost, 2)
  })

  test('a group that has committed nothing says -1, and then everything is in flight', async () => {
    await write({ receipts: [receiptOf({ film: 'f1' }, at(0))] })
    const ledger = await ledgerAt({ screened: -1, images: 1, verdicts: 0, sunk: -1 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 1, inFlight: 1 })
    assert.equal(ledger.unscreenedRecords, 1)
    assert.equal(ledger.balanced, true)
  })

  test('offsets are those of the partition of the record', async () => {
    await write({ receipts: [receiptOf({ film: 'f1' }, at(0, 3))] })
    const offsets: LedgerOffsets = {
      screened: new Map([[imagesTopic.name, new Map([[0, 5n]])]]),
      images: new Map([
        [
          imagesTopic.name,
          new Map([
            [0, 5n],
            [3, 1n],
          ]),
        ],
      ]),
      verdicts: { end: new Map([[0, 5n]]), sunk: new Map([[0, 5n]]) },
      receipts: { end: new Map(), sunk: new Map() },
    }
    const ledger = await readLedger({ client: database.client, offsets, ends: async () => offsets.images })
    assert.equal(ledger.inFlight, 1)
    assert.equal(ledger.unscreenedRecords, 1)
  })

  test('a redelivered record is the same arrival, and answers for its own position', async () => {
    await write({
      receipts: [receiptOf({ film: 'f1' }, at(0)), receiptOf({ film: 'f1' }, at(1))],
      verdicts: [
        verdictOf({ film: 'f1' }, at(1), finding('p1')),
        verdictOf({ film: 'f1' }, at(0), finding('p1')),
      ],
    })
    const ledger = await ledgerAt({ screened: 2 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 1, findings: 1 })
    assert.equal(ledger.unansweredRecords, 0)
    assert.equal(ledger.balanced, true)
  })

  test('a redelivery is no excuse for a record that nobody answered', async () => {
    await write({
      receipts: [receiptOf({ film: 'f1' }, at(0))],
      verdicts: [verdictOf({ film: 'f1' }, at(0), finding('p1'))],
    })
    const ledger = await ledgerAt({ screened: 2, verdicts: 1 })
    assert.equal(ledger.unansweredRecords, 1)
    assert.equal(ledger.balanced, false)
  })

  test('an arrival with two current rows is doubled', async () => {
    await write({ verdicts: [verdictOf({ film: 'f1' }, at(0), finding('p'))] })
    // No arrival id holds two months: only a hand can make such a row.
    await database.client.command(
      `INSERT INTO verdicts SELECT * REPLACE (received_at + INTERVAL 1 MONTH AS received_at) FROM verdicts`,
    )
    const ledger = await ledgerAt({ screened: 2 })
    assert.equal(ledger.doubled, 1)
    assert.equal(ledger.balanced, false)
  })
})
