import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type BookedArrival, readBookings } from '../../../src/analytics/stores/booking-reader.ts'
import { createDeadLetterReader } from '../../../src/analytics/stores/dead-letter-reader.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { ResultBatch } from '../../../src/contracts/ports.ts'
import {
  at,
  batchOf,
  deadLetter,
  deliveryId,
  finding,
  hipOf,
  receiptOf,
  rejection,
  unattributedOf,
  verdictOf,
} from '../films.ts'
import { useDatabase } from '../open-database.ts'

describe('readers of verdicts', () => {
  const database = useDatabase()

  const write = (some: Partial<ResultBatch>) =>
    createResultStore({ client: database.client }).write(batchOf(some))
  const bookingsOf = async (...deliveries: string[]): Promise<Record<string, BookedArrival>> => {
    const found = await readBookings(database.client, deliveries.map(deliveryId))
    const names = new Map(deliveries.map((name) => [deliveryId(name), name]))
    return Object.fromEntries(found.map((booked) => [names.get(booked.arrivalId) ?? '', booked]))
  }

  test('says what became of each arrival, and nothing of one that has no verdict yet', async () => {
    const hips = [hipOf('right', 'normal', false), hipOf('left', 'osteopenia')]
    await write({
      verdicts: [
        verdictOf({ film: 'f1', delivery: 'first' }, at(5), finding('p', hips)),
        verdictOf({ film: 'f1', delivery: 'again' }, at(9), finding('p', hips)),
        verdictOf({ film: 'f1', delivery: 'other pixels', bytes: 'b2' }, at(12), finding('q', hips)),
        verdictOf({ film: 'f2', delivery: 'rejected' }, at(6), rejection('CUT_OFF')),
        verdictOf({ film: 'f3', delivery: 'dead' }, at(7), deadLetter('FILE_CORRUPT')),
      ],
      receipts: [receiptOf({ film: 'f4', delivery: 'on its way' }, at(20))],
    })
    const found = await bookingsOf(
      'first',
      'again',
      'other pixels',
      'rejected',
      'dead',
      'on its way',
      'unheard of',
    )
    assert.deepEqual(Object.fromEntries(Object.entries(found).map(([name, each]) => [name, each.booking])), {
      first: 'finding',
      again: 'duplicate',
      'other pixels': 'conflict',
      rejected: 'rejected',
      dead: 'deadLettered',
    })
    assert.deepEqual(found['first']?.hips, ['left osteopenia', 'right no class (IMPLANT_IN_HIP)'])
    assert.equal(found['rejected']?.reason, 'CUT_OFF')
    assert.equal(found['dead']?.code, 'FILE_CORRUPT')
    assert.deepEqual(await readBookings(database.client, []), [])
    // More than one request may name: ClickHouse refuses addresses of about 2,900 ids.
    const many = Array.from({ length: 6000 }, (_, index) => deliveryId(`unknown ${index}`))
    const named = [...many, deliveryId('rejected')]
    assert.deepEqual(
      (await readBookings(database.client, named)).map((booked) => booked.arrivalId),
      [deliveryId('rejected')],
    )
  })

  test('a hip of a person of 18 to 49, or of unknown age, has no class', async () => {
    for (const warning of ['AGE_18_TO_49', 'AGE_MISSING'] as const) {
      const young = finding(warning, [hipOf('left', 'osteoporosis', false)])
      assert.ok(young.kind === 'finding')
      const hips = young.hips.map((hip) => ({ ...hip, warnings: [] }))
      const outcome = { ...young, hips, warnings: ['DATE_IMPLAUSIBLE' as const, warning] }
      await write({ verdicts: [verdictOf({ film: warning, delivery: warning }, at(5), outcome)] })
      assert.deepEqual((await bookingsOf(warning))[warning]?.hips, [`left no class (${warning})`])
    }
  })

  test('an arrival is booked against films that were not asked for', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1', delivery: 'late' }, at(9), finding('p')),
        verdictOf({ film: 'f1', delivery: 'early' }, at(5), finding('p')),
      ],
    })
    assert.equal((await bookingsOf('late'))['late']?.booking, 'duplicate')
  })

  test('an arrival whose record turned out to be unreadable is a dead letter', async () => {
    await write({
      receipts: [receiptOf({ film: 'f1' }, at(5)), receiptOf({ film: 'f2' }, at(6))],
      verdicts: [unattributedOf(at(5), 'EVENT_SCHEMA_INVALID')],
    })
    const found = await bookingsOf('f1', 'f2')
    assert.deepEqual(Object.keys(found), ['f1'])
    assert.equal(found['f1']?.booking, 'deadLettered')
    assert.equal(found['f1']?.code, 'EVENT_SCHEMA_INVALID')
  })

  test('what another attempt left behind is not shown', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1' }, at(5), finding('p', [hipOf('left', 'normal'), hipOf('right', 'normal')])),
        verdictOf({ film: 'f1' }, at(50), finding('p', [hipOf('left', 'osteoporosis')]), 2),
      ],
    })
    assert.deepEqual((await bookingsOf('f1'))['f1']?.hips, ['left osteoporosis'])
  })

  test('dead letters are those that no later attempt has replaced, the latest first', async () => {
    const reader = createDeadLetterReader({ client: database.client })
    await write({
      verdicts: [
        verdictOf({ film: 'f1' }, at(5), deadLetter('DECODE_TIMEOUT')),
        verdictOf({ film: 'f2' }, at(6), deadLetter('FILE_CORRUPT')),
        verdictOf({ film: 'f1' }, at(30), finding('p'), 2),
        verdictOf({ film: 'f3' }, at(7), deadLetter('DECODE_TIMEOUT')),
        verdictOf({ film: 'f3' }, at(31), deadLetter('DECODE_CRASHED'), 2),
        unattributedOf(at(8, 3), 'EVENT_SCHEMA_INVALID'),
      ],
    })
    const listed = await reader.list(10)
    assert.deepEqual(
      listed
        .map((letter) => `${letter.siteId} ${letter.code} ${letter.attempt} ${letter.image.offset}`)
        .sort(),
      ['lisbon DECODE_CRASHED 2 31', 'lisbon FILE_CORRUPT 1 6', 'unattributed EVENT_SCHEMA_INVALID 1 8'],
    )
    assert.equal((await reader.list(2)).length, 2)
    assert.deepEqual(await reader.find(deliveryId('f1')), [])
    const [letter] = await reader.find(deliveryId('f2'))
    assert.deepEqual(letter?.headers, { 'content-type': 'application/dicom' })
    assert.deepEqual(letter?.image, at(6))
    assert.equal(letter?.size, 12)
    assert.equal((await reader.find('hip.images.v1:3:8'))[0]?.code, 'EVENT_SCHEMA_INVALID')
    assert.deepEqual(await reader.find('hip.images.v1:3:9'), [])
  })
})
