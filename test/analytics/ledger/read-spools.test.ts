import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readSpools, without } from '../../../src/analytics/ledger/read-spools.ts'
import { at, finding, receiptOf, uuid, verdictOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'
import { ledgerOf } from './ledger-fixture.ts'

describe('the numbers of spools', () => {
  const database = useDatabase()
  const { write } = ledgerOf(() => database)
  const film = (sequence: number, spool = 'one') =>
    verdictOf({ film: `f${sequence} ${spool}`, sequence, spool }, at(sequence), finding('p'))

  test('what never came is told for each spool; films on their way, withheld and accepted numbers are not missing', async () => {
    await write({
      verdicts: [film(1), film(2), film(6), film(12), film(1, 'two')],
      receipts: [receiptOf({ film: 'on its way', sequence: 5 }, at(50))],
      withheld: [
        { siteId: 'lisbon', spoolId: uuid('spool one'), sequence: 3, at: '2026-03-10T10:00:00.000Z' },
      ],
    })
    const [one, two] = (await readSpools(database.client)).toSorted((a, b) => b.highest - a.highest)
    assert.deepEqual([one?.highest, one?.missing, one?.withheld], [12, 6, 1])
    assert.deepEqual(one?.ranges, [
      { from: 4, to: 4 },
      { from: 7, to: 11 },
    ])
    assert.deepEqual([two?.highest, two?.missing], [1, 0])
    await write({
      commands: [
        {
          kind: 'acceptSequenceGap',
          commandId: uuid('command'),
          siteId: 'lisbon',
          spoolId: uuid('spool one'),
          from: 8,
          to: 9,
          who: 'operator',
          why: 'the disk is lost',
          at: '2026-03-11T00:00:00.000Z',
        },
      ],
    })
    const after = (await readSpools(database.client, 'lisbon')).find(({ highest }) => highest === 12)
    assert.deepEqual([after?.missing, after?.ranges.length], [4, 3])
    assert.deepEqual(await readSpools(database.client, 'porto'), [])
  })

  test('a forged receipt with a number from beyond makes nothing missing', async () => {
    await write({ verdicts: [film(1)], receipts: [receiptOf({ film: 'x', sequence: 1_000_000 }, at(60))] })
    assert.deepEqual(
      (await readSpools(database.client)).map(({ highest, missing }) => [highest, missing]),
      [[1, 0]],
    )
  })
})

test('ranges are cut where others are taken out', () => {
  const ranges = [{ from: 3, to: 10 }]
  assert.deepEqual(without(ranges, [{ from: 1, to: 3 }]), [{ from: 4, to: 10 }])
  assert.deepEqual(without(ranges, [{ from: 5, to: 6 }]), [
    { from: 3, to: 4 },
    { from: 7, to: 10 },
  ])
  assert.deepEqual(without(ranges, [{ from: 1, to: 20 }]), [])
  assert.deepEqual(without(ranges, [{ from: 11, to: 20 }]), ranges)
})
