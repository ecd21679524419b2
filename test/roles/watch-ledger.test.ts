import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alarm } from '../../src/contracts/alarm.ts'
import type { Ledger } from '../../src/contracts/ledger.ts'
import { startLedgerWatch } from '../../src/roles/watch-ledger.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { undoAfter } from '../support/undo.ts'

const ledger = (lost: number): Ledger => ({
  received: 10,
  findings: 10 - lost,
  rejected: {},
  deadLettered: {},
  duplicates: 0,
  conflicts: 0,
  superseded: 0,
  faults: [],
  spools: [],
  erased: 0,
  inFlight: 0,
  lost,
  doubled: 0,
  unscreenedRecords: 0,
  unscreenedBackfill: 0,
  drawnPeople: 0,
  unansweredRecords: 0,
  unsunkVerdicts: 0,
  balanced: lost === 0,
})

test('raises one alarm when the ledger is out of balance twice in a row, and again only after it balanced', async (t) => {
  const raised: Alarm[] = []
  const seen = [
    ledger(0),
    ledger(1),
    ledger(0),
    ledger(2),
    ledger(2),
    ledger(2),
    ledger(0),
    ledger(1),
    ledger(1),
  ]
  const watch = startLedgerWatch({
    read: async () => seen.shift() ?? ledger(0),
    alarms: {
      raise: async (alarm) => {
        raised.push(alarm)
      },
    },
    logger: silentLogger,
    now: () => new Date('2026-03-10T10:00:00Z'),
    intervalMs: 3_600_000,
  })
  undoAfter(t)(watch.stop)
  const alarmed: boolean[] = []
  while (seen.length > 0) alarmed.push(await watch.look())
  assert.deepEqual(alarmed, [false, false, false, false, true, false, false, false, true])
  assert.deepEqual(
    raised.map(({ kind, evidence, runbook }) => [kind, evidence['lost'], runbook]),
    [
      ['ledger-unbalanced', 2, 'docs/runbook/ledger-unbalanced.md'],
      ['ledger-unbalanced', 1, 'docs/runbook/ledger-unbalanced.md'],
    ],
  )
})

test('tells once of a clinic that uses ids of another, and of forged receipts under no name of theirs', async (t) => {
  const raised: Alarm[] = []
  const faults = [
    { kind: 'sharedIds', siteId: 'porto', count: 3 },
    { kind: 'unverifiedReceipts', siteId: 'miller-john', count: 2 },
    { kind: 'unverifiedReceipts', siteId: 'faro', count: 5 },
  ] as const
  const looks = [
    { ...ledger(0), faults },
    { ...ledger(0), faults },
    ledger(0),
    { ...ledger(0), faults: [faults[0]] },
  ]
  const watch = startLedgerWatch({
    read: async () => looks.shift() ?? ledger(0),
    alarms: { raise: async (alarm) => void raised.push(alarm) },
    logger: silentLogger,
    now: () => new Date('2026-03-10T12:00:00.000Z'),
    intervalMs: 1e9,
  })
  undoAfter(t)(watch.stop)
  for (let index = 0; index < 4; index += 1) await watch.look()
  assert.deepEqual(
    raised.map(({ kind, scope, evidence }) => [kind, scope, evidence['count']]),
    [
      ['unverified-records', 'porto', 3],
      ['unverified-records', 'unregistered senders', 7],
      ['unverified-records', 'porto', 3],
    ],
  )
  assert.doesNotMatch(JSON.stringify(raised), /miller/)
})
