import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { z } from 'zod'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { ResultBatch, ResultStore } from '../../../src/contracts/ports.ts'
import { at, batchOf, deadLetter, finding, rejection, siteOf, verdictOf } from '../films.ts'
import { emptyTables, useDatabase } from '../open-database.ts'

/** After the instant at which verdicts of these tests are screened. */
const later = '2026-03-10T09:17:00.000Z'

const rowSchema = z.record(z.string(), z.unknown())

describe('rows that replace themselves', () => {
  const database = useDatabase()
  let store: ResultStore
  before(() => {
    store = createResultStore({ client: database.client })
  })
  const rowsOf = (table: string, columns: string) =>
    database.client.query(`SELECT ${columns} FROM ${table} FINAL`, {}, rowSchema)

  const current = async (): Promise<unknown> => {
    const rows = await rowsOf('verdicts', 'kind, attempt, image_offset')
    return rows.map(
      (row) => `${String(row['kind'])} ${String(row['attempt'])} ${String(row['image_offset'])}`,
    )
  }
  const bothOrders = async (verdicts: ResultBatch['verdicts'], expected: string): Promise<void> => {
    for (const order of [verdicts, verdicts.toReversed()]) {
      await emptyTables(database.client)
      for (const verdict of order) await store.write(batchOf({ verdicts: [verdict] }))
      assert.deepEqual(await current(), [expected])
    }
  }

  test('a later attempt wins, although its record stands later', () =>
    bothOrders(
      [
        verdictOf({ film: 'f1' }, at(5), deadLetter('DECODE_TIMEOUT'), 1),
        verdictOf({ film: 'f1' }, at(900), finding('p'), 2),
      ],
      'finding 2 900',
    ))

  test('of two records of one arrival and attempt, the one that Kafka stored first wins', () =>
    bothOrders(
      [
        verdictOf({ film: 'f1' }, at(5), finding('p')),
        verdictOf({ film: 'f1' }, at(6), deadLetter('DECODE_TIMEOUT')),
      ],
      'finding 1 5',
    ))

  test('of two records of one arrival and attempt, an answer beats a dead letter that stands before it', () =>
    bothOrders(
      [
        verdictOf({ film: 'f1' }, at(5), deadLetter('DECODE_TIMEOUT')),
        verdictOf({ film: 'f1' }, at(6), finding('p')),
      ],
      'finding 1 6',
    ))

  test('of two screenings of one record, an answer beats the dead letter of a thread that died', async () => {
    const answers = [finding('p'), rejection('CUT_OFF')]
    for (const answer of answers) {
      const verdicts = [
        verdictOf({ film: 'f1' }, at(5), answer),
        { ...verdictOf({ film: 'f1' }, at(5), deadLetter('DECODE_CRASHED')), screenedAt: later },
      ]
      await bothOrders(verdicts, `${answer.kind} 1 5`)
      for (const batch of [verdicts, verdicts.toReversed()]) {
        await emptyTables(database.client)
        await store.write(batchOf({ verdicts: batch }))
        assert.deepEqual(await current(), [`${answer.kind} 1 5`])
        const readings = await rowsOf('findings', 'hip')
        assert.equal(readings.length > 0, answer.kind === 'finding', 'its readings stand, and no others')
      }
    }
  })

  test('of two dead letters on one record the later one stands, also when its row is written first', async () => {
    const first = verdictOf({ film: 'f1' }, at(5), deadLetter('DECODE_CRASHED'))
    const second = { ...verdictOf({ film: 'f1' }, at(5), deadLetter('DECODE_TIMEOUT')), screenedAt: later }
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      await emptyTables(database.client)
      for (const verdict of order) await store.write(batchOf({ verdicts: [verdict] }))
      await database.client.command('OPTIMIZE TABLE verdicts FINAL')
      assert.deepEqual(await rowsOf('verdicts', 'reason'), [{ reason: 'DECODE_TIMEOUT' }])
    }
  })

  test('offsets are compared as 64-bit numbers', () =>
    bothOrders(
      [
        verdictOf({ film: 'f1' }, { ...at(0), offset: '9007199254740993' }, finding('p')),
        verdictOf({ film: 'f1' }, { ...at(0), offset: '9007199254740992' }, rejection('CUT_OFF')),
      ],
      'rejected 1 9007199254740992',
    ))

  test('a site entry that is published again replaces itself', async () => {
    await store.write(batchOf({ sites: [siteOf('lisbon', 'south', 'Europe/Lisbon')] }))
    await store.write(batchOf({ sites: [siteOf('lisbon', 'north', 'Europe/Lisbon')] }))
    const rows = await rowsOf('sites', 'site_id, region, keys')
    assert.equal(rows.length, 1)
    assert.equal(rows[0]?.['region'], 'north')
  })
})
