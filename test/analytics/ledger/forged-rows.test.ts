import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { receiptsTopic } from '../../../src/contracts/topics.ts'
import { at, finding, receiptOf, rejection, verdictOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'
import { counts, ledgerOf, nothing, reached } from './ledger-fixture.ts'

describe('what somebody writes past the clinics and the engine', () => {
  const database = useDatabase()
  const { write, ledgerAt } = ledgerOf(() => database)
  const forged = (film: string, offset: number) => ({
    ...receiptOf({ film }, at(offset)),
    signature: `${'A'.repeat(86)}==`,
  })

  test('a forged receipt makes no film lost for the clinic that it names, and is told', async () => {
    await write({
      receipts: [forged('never sent', 1)],
      verdicts: [verdictOf({ film: 'f' }, at(0), finding('p'))],
    })
    const ledger = await ledgerAt({ screened: 2, verdicts: 2, sunk: 2 })
    assert.deepEqual([ledger.received, ledger.lost, ledger.inFlight], [1, 0, 0])
    assert.deepEqual(ledger.faults, [{ kind: 'unverifiedReceipts', siteId: 'lisbon', count: 1 }])
  })

  test('a forged receipt hides no lost film: it replaces none', async () => {
    const film = { film: 'lost' }
    await write({ receipts: [receiptOf(film, at(0)), forged('lost', 5_000_000)] })
    const ledger = await ledgerAt({ screened: 1 })
    assert.deepEqual([ledger.received, ledger.lost, ledger.balanced], [1, 1, false])
  })

  test('a receipt that names a place beyond the log is in flight only where the clinic signed it', async () => {
    await write({ receipts: [forged('a', 90), receiptOf({ film: 'b' }, at(91))] })
    const ledger = await ledgerAt({ screened: 0, images: 5, verdicts: 0 })
    assert.deepEqual([ledger.received, ledger.inFlight], [1, 1])
  })

  test('verdict rows at places that the log never had unbalance the ledger, and are named', async () => {
    await write({ verdicts: [verdictOf({ film: 'f1' }, at(0), finding('p1'))] })
    assert.equal((await ledgerAt({ screened: 1 })).balanced, true)
    await write({ verdicts: [verdictOf({ film: 'f2', site: 'porto' }, at(7_000), finding('p2'))] })
    const ledger = await ledgerAt({ screened: 1 })
    assert.equal(ledger.balanced, false)
    assert.deepEqual(ledger.faults, [{ kind: 'misplaced', siteId: 'porto', count: 1 }])
  })

  test('rows written straight into the table of verdicts have no record that backs them', async () => {
    await write({ verdicts: [verdictOf({ film: 'f1' }, at(0), finding('p1'))] })
    await database.client.command(
      `INSERT INTO verdicts SELECT v.* REPLACE (generateUUIDv4(n.number) AS arrival_id)
       FROM verdicts AS v CROSS JOIN numbers(500) AS n`,
    )
    const ledger = await ledgerAt({ screened: 1 })
    assert.equal(ledger.balanced, false)
    assert.deepEqual(ledger.faults, [{ kind: 'unbacked', siteId: 'lisbon', count: 500 }])
  })

  test('a verdict that says another thing than its clinic signed unbalances the ledger', async () => {
    await write({
      receipts: [receiptOf({ film: 'f1', person: 'ann' }, at(0)), forged('f2', 1)],
      verdicts: [
        verdictOf({ film: 'f1', person: 'bob' }, at(0), finding('p1')),
        verdictOf({ film: 'f2', person: 'cy' }, at(1), finding('p2')),
      ],
    })
    const ledger = await ledgerAt({ screened: 2 })
    assert.equal(ledger.balanced, false)
    assert.deepEqual(ledger.faults, [{ kind: 'contradicted', siteId: 'lisbon', count: 1 }])
  })

  test('two lost films beside two verdicts that wait elsewhere are lost, not on their way', async () => {
    await write({
      receipts: [receiptOf({ film: 'f1' }, at(0)), receiptOf({ film: 'f2' }, at(1))],
    })
    const both = (zero: bigint, one: bigint) =>
      new Map([
        [0, zero],
        [1, one],
      ])
    const offsets = {
      ...reached({ screened: 2 }),
      verdicts: { end: both(2n, 2n), sunk: both(2n, 0n) },
    }
    const ledger = await ledgerAt({ screened: 2 }, { offsets })
    assert.deepEqual([ledger.lost, ledger.inFlight, ledger.balanced], [2, 0, false])
  })

  test('one clinic that uses the ids of another changes nothing for it, and is told', async () => {
    const early = { film: 'f1', delivery: 'd1', appendedAt: '2026-03-10T09:15:01.000Z' }
    await write({ verdicts: [verdictOf(early, at(0), finding('p1'))] })
    const late = { ...early, site: 'porto', appendedAt: '2026-03-10T09:20:00.000Z' }
    await write({ verdicts: [verdictOf(late, at(1), rejection('NOT_A_HIP'))] })
    const ledger = await ledgerAt({ screened: 2 }, { scope: { siteId: 'lisbon' } })
    assert.deepEqual(counts(ledger), { ...nothing, received: 1, findings: 1 })
    assert.deepEqual(ledger.faults, [{ kind: 'sharedIds', siteId: 'porto', count: 1 }])
    assert.deepEqual([ledger.doubled, ledger.balanced], [0, true])
  })

  test('equal offsets in two partitions are two places', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f1' }, at(4, 0), finding('p1')),
        verdictOf({ film: 'f2' }, at(4, 1), finding('p2')),
      ],
    })
    const [row] = await database.client.query(
      'SELECT uniqExact(image_partition) AS records FROM findings FINAL',
      {},
      { parse: (found) => found },
    )
    assert.deepEqual(row, { records: '2' })
    assert.equal(receiptsTopic.partitions, 12)
  })
})
