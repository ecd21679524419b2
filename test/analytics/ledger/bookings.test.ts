import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readBookings } from '../../../src/analytics/stores/booking-reader.ts'
import { backfillTopic } from '../../../src/contracts/topics.ts'
import { at, deadLetter, deliveryId, finding, hex, receiptOf, rejection, uuid, verdictOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'
import { counts, ledgerOf, nothing, reached } from './ledger-fixture.ts'

const who = { who: 'data steward', why: 'asked for', at: '2026-03-11T00:00:00.000Z' }

describe('bookings of the study ledger', () => {
  const database = useDatabase()
  const { write, ledgerAt } = ledgerOf(() => database)

  test('a requeued dead letter keeps its arrival, and the primary stays with the film that was read first', async () => {
    const first = { film: 'f1', delivery: 'd1' }
    const second = { film: 'f1', delivery: 'd2' }
    await write({
      verdicts: [
        verdictOf(first, at(0), deadLetter('DECODE_TIMEOUT')),
        verdictOf(second, at(1), finding('p1')),
      ],
    })
    const before = await ledgerAt({ screened: 2 })
    assert.deepEqual(counts(before), {
      ...nothing,
      received: 2,
      findings: 1,
      deadLettered: { DECODE_TIMEOUT: 1 },
    })
    await write({ verdicts: [verdictOf(first, at(2), finding('p1'), 2)] })
    const requeued = await ledgerAt({ screened: 3 })
    assert.deepEqual(counts(requeued), { ...nothing, received: 2, findings: 1, duplicates: 1 })
    assert.equal(requeued.balanced, true)
  })

  test('a film on both lanes counts once: the live arrival, whichever came first', async () => {
    const archived = { ...at(0), topic: backfillTopic.name }
    const offsets = reached({ screened: 8, verdicts: 2 })
    const bothLanes = {
      ...offsets,
      screened: new Map([...offsets.screened, [backfillTopic.name, new Map([[0, 1n]])] as const]),
      images: new Map([...offsets.images, [backfillTopic.name, new Map([[0, 3n]])] as const]),
    }
    const read = () => ledgerAt({ screened: 0 }, { offsets: bothLanes, ends: async () => bothLanes.images })
    await write({ verdicts: [verdictOf({ film: 'f1', delivery: 'd1' }, archived, finding('p1'))] })
    assert.deepEqual(counts(await read()), { ...nothing, received: 1, findings: 1 })
    const live = Array.from({ length: 8 }, (_, offset) =>
      offset === 7
        ? verdictOf({ film: 'f1', delivery: 'd2' }, at(7), finding('p1'))
        : verdictOf({ film: `g${offset}` }, at(offset), rejection('NOT_A_HIP')),
    )
    await write({ verdicts: live })
    const ledger = await read()
    assert.deepEqual(counts(ledger), {
      ...nothing,
      received: 9,
      findings: 1,
      rejected: { NOT_A_HIP: 7 },
      duplicates: 1,
    })
    assert.deepEqual(
      [ledger.unscreenedRecords, ledger.unscreenedBackfill, ledger.unansweredRecords, ledger.balanced],
      [2, 2, 0, true],
    )
    const [booked] = await readBookings(database.client, [deliveryId('d1')])
    assert.equal(booked?.booking, 'duplicate', 'the higher offset of the live lane stands before the archive')
  })

  test('a receipt of the backfill lane is in flight by the offsets of that lane', async () => {
    await write({ receipts: [receiptOf({ film: 'f1' }, { ...at(2), topic: backfillTopic.name })] })
    const ledger = await ledgerAt({ screened: 5, images: 5, verdicts: 0 })
    assert.deepEqual([ledger.inFlight, ledger.lost], [1, 0], 'the live lane has passed this offset')
  })

  test('where there are no pixels, equal bytes make a duplicate and others a conflict', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1', delivery: 'd1' }, at(0), rejection('NO_PIXEL_DATA')),
        verdictOf({ film: 'f1', delivery: 'd2' }, at(1), rejection('NO_PIXEL_DATA')),
        verdictOf({ film: 'f1', delivery: 'd3', bytes: 'other' }, at(2), rejection('NO_PIXEL_DATA')),
        verdictOf({ film: 'f1', delivery: 'd4', bytes: 'more' }, at(3), rejection('NO_PIXEL_DATA')),
      ],
    })
    const ledger = await ledgerAt({ screened: 4 })
    assert.deepEqual(counts(ledger), {
      ...nothing,
      received: 4,
      rejected: { NO_PIXEL_DATA: 1 },
      duplicates: 1,
      conflicts: 2,
    })
  })

  test('a film in another encoding with the same pixels is a duplicate', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1', delivery: 'd1', bytes: 'raw' }, at(0), finding('p1')),
        verdictOf({ film: 'f1', delivery: 'd2', bytes: 'lossless' }, at(1), finding('p1')),
        verdictOf({ film: 'f1', delivery: 'd3', bytes: 'lossy' }, at(2), finding('nearly p1')),
      ],
    })
    const ledger = await ledgerAt({ screened: 3 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 3, findings: 1, duplicates: 1, conflicts: 1 })
  })

  test('the first place is primary, whatever came first into the table or out of the clinic', async () => {
    await write({
      verdicts: [
        verdictOf(
          { film: 'f1', delivery: 'd2', receivedAt: '2026-01-31T00:00:00.000Z' },
          at(7),
          finding('p'),
        ),
      ],
    })
    await write({
      verdicts: [
        verdictOf(
          { film: 'f1', delivery: 'd1', receivedAt: '2026-03-01T00:00:00.000Z' },
          at(3),
          finding('p'),
        ),
      ],
    })
    const ledger = await ledgerAt({ screened: 0 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 2, findings: 1, duplicates: 1 })
  })

  test("one site cannot make another site's film a duplicate", async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1', delivery: 'd1', site: 'porto' }, at(0), finding('p')),
        verdictOf({ film: 'f1', delivery: 'd2', site: 'lisbon' }, at(1), finding('p')),
      ],
    })
    assert.equal((await ledgerAt({ screened: 2 })).findings, 2)
  })

  test('erased people and retracted deliveries leave a count, and the film its next arrival', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1', person: 'ann' }, at(0), finding('p1')),
        verdictOf({ film: 'f2', person: 'ann' }, at(1), deadLetter('FILE_CORRUPT')),
        verdictOf({ film: 'f3', delivery: 'wrong patient', person: 'bea' }, at(2), finding('p3')),
        verdictOf({ film: 'f3', delivery: 'right patient', person: 'cleo' }, at(3), finding('p3')),
        verdictOf({ film: 'f4', person: 'ann', site: 'porto' }, at(4), finding('p4')),
      ],
    })
    await write({
      corrections: [
        { kind: 'erase', correctionId: uuid('c1'), siteId: 'lisbon', subjectKey: hex('person ann'), ...who },
        {
          kind: 'retract',
          correctionId: uuid('c2'),
          siteId: 'lisbon',
          eventId: hex('film f3'),
          arrivalId: deliveryId('wrong patient'),
          ...who,
        },
      ],
    })
    const ledger = await ledgerAt({ screened: 5 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 5, findings: 2, erased: 3 })
    assert.equal(ledger.balanced, true)
  })

  test('a clinic and a span of time see their own arrivals', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1', receivedAt: '2026-03-10T09:59:59.999Z' }, at(0), finding('p1')),
        verdictOf({ film: 'f2', receivedAt: '2026-03-10T10:00:00.000Z' }, at(1), finding('p2')),
        verdictOf(
          { film: 'f3', receivedAt: '2026-03-10T10:59:59.999Z', site: 'porto' },
          at(2),
          finding('p3'),
        ),
        verdictOf(
          { film: 'f1', delivery: 'again', receivedAt: '2026-03-10T10:30:00.000Z' },
          at(3),
          finding('p1'),
        ),
      ],
    })
    const span = { from: '2026-03-10T10:00:00.000Z', to: '2026-03-10T11:00:00.000Z' }
    const all = await ledgerAt({ screened: 4 }, { scope: span })
    assert.deepEqual(counts(all), { ...nothing, received: 3, findings: 2, duplicates: 1 })
    const porto = await ledgerAt({ screened: 4 }, { scope: { ...span, siteId: 'porto' }, byClinicHour: true })
    assert.equal(porto.received, 1)
    assert.deepEqual(porto.byClinicHour, [
      { siteId: 'porto', hour: '2026-03-10T10:00:00.000Z', ...nothing, received: 1, findings: 1 },
    ])
  })
})
