import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type LedgerOffsets, readLedger } from '../../src/analytics/ledger/read-ledger.ts'
import { createResultStore } from '../../src/analytics/stores/result-store.ts'
import type { ResultBatch } from '../../src/contracts/ports.ts'
import type { ClickHouse } from '../../src/runtime/clickhouse.ts'
import { useDatabase } from '../support/database.ts'
import {
  deadLettered,
  emptyBatch,
  finding,
  hex,
  hipOf,
  receiptOf,
  rejected,
  verdictOf,
} from '../support/results.ts'
import { type TestServices, useServices } from '../support/services.ts'

const hips = [hipOf('left', 'osteopenia')]

/** Everything up to `end` is screened and written. */
const caughtUp = (end: number): LedgerOffsets => {
  const at = new Map([[0, BigInt(end)]])
  return { screened: at, images: at, verdicts: { end: at, sunk: at }, receipts: { end: at, sunk: at } }
}

describe('study ledger', () => {
  let services: TestServices
  before(async () => {
    services = await useServices({ after })
  })

  const open = async (t: { after: (work: () => Promise<void>) => void }) => {
    const client = await useDatabase(t, services)
    const store = createResultStore({ client })
    const write = (batch: Partial<ResultBatch>) => store.write({ ...emptyBatch, ...batch })
    return { client, write }
  }
  const ledgerOf = async (client: ClickHouse, offsets: LedgerOffsets) => readLedger({ client, offsets })

  /** Six arrivals of four films, one of each booking. */
  const writeOneOfEach = async (write: (batch: Partial<ResultBatch>) => Promise<void>) => {
    const first = receiptOf({ film: 'a', offset: 0 })
    const again = receiptOf({ film: 'a', offset: 1 })
    const other = receiptOf({ film: 'a', offset: 2 })
    const knee = receiptOf({ film: 'b', offset: 3 })
    const broken = receiptOf({ film: 'c', offset: 4 })
    const plain = receiptOf({ film: 'd', offset: 5 })
    const receipts = [first, again, other, knee, broken, plain]
    const verdicts = [
      verdictOf(first, finding(hips, 'same')),
      verdictOf(again, finding(hips, 'same')),
      verdictOf(other, finding(hips, 'others')),
      verdictOf(knee, rejected),
      verdictOf(broken, deadLettered),
      verdictOf(plain, finding(hips, 'plain')),
    ]
    await write({ receipts, verdicts })
    return { receipts, verdicts }
  }

  test('each arrival is booked once: finding, duplicate, conflict, rejected, dead letter', async (t) => {
    const { client, write } = await open(t)
    await writeOneOfEach(write)
    const ledger = await ledgerOf(client, caughtUp(6))
    assert.deepEqual(
      { ...ledger, byClinicHour: ledger.byClinicHour.length },
      {
        received: 6,
        findings: 2,
        rejected: { NOT_A_HIP: 1 },
        deadLettered: { FILE_CORRUPT: 1 },
        duplicates: 1,
        conflicts: 1,
        inFlight: 0,
        lost: 0,
        doubled: 0,
        unscreenedRecords: 0,
        repeatedRecords: 0,
        balanced: true,
        byClinicHour: 1,
      },
    )
  })

  test('rows that are written again replace themselves', async (t) => {
    const { client, write } = await open(t)
    const { receipts, verdicts } = await writeOneOfEach(write)
    const before = await ledgerOf(client, caughtUp(6))
    await write({ receipts, verdicts })
    assert.deepEqual(await ledgerOf(client, caughtUp(6)), before)
  })

  test('a deleted verdict row makes it unbalanced', async (t) => {
    const { client, write } = await open(t)
    const { receipts } = await writeOneOfEach(write)
    const victim = receipts[5]?.arrivalId ?? ''
    await client.command('DELETE FROM verdicts WHERE arrival_id = {victim:String}', { victim })
    const ledger = await ledgerOf(client, caughtUp(6))
    assert.deepEqual([ledger.received, ledger.findings, ledger.lost, ledger.balanced], [6, 1, 1, false])
  })

  test('a film above the committed offset, or with a sink that is behind, is in flight and not lost', async (t) => {
    const { client, write } = await open(t)
    await write({ receipts: [receiptOf({ film: 'a', offset: 0 }), receiptOf({ film: 'b', offset: 1 })] })
    const one = new Map([[0, 1n]])
    const two = new Map([[0, 2n]])
    const behind = { ...caughtUp(2), screened: one, images: two, verdicts: { end: one, sunk: new Map() } }
    assert.deepEqual(pick(await ledgerOf(client, behind)), { inFlight: 2, lost: 0, unscreenedRecords: 1 })
    const ahead = { ...behind, verdicts: { end: one, sunk: one } }
    assert.deepEqual(pick(await ledgerOf(client, ahead)), { inFlight: 1, lost: 1, unscreenedRecords: 1 })
  })
  const pick = ({ inFlight, lost, unscreenedRecords }: Awaited<ReturnType<typeof readLedger>>) => ({
    inFlight,
    lost,
    unscreenedRecords,
  })

  test('a record that was delivered twice counts once, under its first offset', async (t) => {
    const { client, write } = await open(t)
    const first = receiptOf({ film: 'a', offset: 0 })
    const second = { ...first, image: { ...first.image, offset: '1' } }
    await write({
      receipts: [first],
      verdicts: [verdictOf(second, finding(hips)), verdictOf(first, finding(hips))],
    })
    const ledger = await ledgerOf(client, caughtUp(2))
    assert.deepEqual(
      [ledger.received, ledger.findings, ledger.repeatedRecords, ledger.balanced],
      [1, 1, 1, true],
    )
  })

  test('a later attempt takes the place of a dead letter', async (t) => {
    const { client, write } = await open(t)
    const first = receiptOf({ film: 'a', offset: 0 })
    const retried = { ...first, attempt: 2, image: { ...first.image, offset: '7' } }
    await write({
      receipts: [first],
      verdicts: [verdictOf(retried, finding(hips)), verdictOf(first, deadLettered)],
    })
    const ledger = await ledgerOf(client, caughtUp(8))
    assert.deepEqual([ledger.received, ledger.findings, ledger.deadLettered], [1, 1, {}])
  })

  test('an unreadable record counts once: as the arrival whose receipt names its position, else by itself', async (t) => {
    const { client, write } = await open(t)
    const receipt = receiptOf({ film: 'a', offset: 0 })
    const unreadable = (offset: number) => ({
      attributed: false as const,
      pointer: `hip.images.v1:0:${offset}`,
      receivedAt: '2026-03-10T10:00:00.000Z',
      screenedAt: '2026-03-10T10:00:01.000Z',
      attempt: 1,
      image: { topic: 'hip.images.v1', partition: 0, offset: String(offset) },
      outcome: { ...deadLettered, code: 'EVENT_SCHEMA_INVALID' as const, digest: hex('x') },
    })
    await write({ receipts: [receipt], verdicts: [unreadable(0), unreadable(1)] })
    const ledger = await ledgerOf(client, caughtUp(2))
    assert.deepEqual(
      [ledger.received, ledger.deadLettered, ledger.balanced],
      [2, { EVENT_SCHEMA_INVALID: 2 }, true],
    )
    assert.deepEqual(
      ledger.byClinicHour.map(({ siteId, received }) => [siteId, received]),
      [
        ['north-1', 1],
        ['unattributed', 1],
      ],
    )
  })
})
