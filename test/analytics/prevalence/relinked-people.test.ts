import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { readPrevalence } from '../../../src/analytics/prevalence/read-prevalence.ts'
import type { Correction } from '../../../src/contracts/correction.ts'
import { at, finding, hex, hipOf, siteOf, uuid, verdictOf } from '../films.ts'
import { ledgerOf } from '../ledger/ledger-fixture.ts'
import { useDatabase } from '../open-database.ts'

const relink = (number: number, site: string, from: string, to: string, link?: string): Correction => ({
  kind: 'relink',
  correctionId: uuid(`relink ${number}`),
  siteId: site,
  subjectKey: hex(`person ${from}`),
  newSubjectKey: hex(`person ${to}`),
  ...(link === undefined ? {} : { newLinkKey: hex(`link ${link}`) }),
  who: 'data steward',
  why: 'two records of one patient',
  at: new Date(Date.UTC(2026, 2, number)).toISOString(),
})

describe('prevalence of relinked people', () => {
  const database = useDatabase()
  beforeEach(async () => {
    await write({
      sites: [siteOf('lisbon', 'south', 'UTC'), siteOf('porto', 'south', 'UTC')],
      verdicts: [
        verdictOf({ film: 'f1', person: 'ann' }, at(0), finding('p1', [hipOf('left', 'normal')])),
        verdictOf({ film: 'f2', person: 'anne' }, at(1), finding('p2', [hipOf('left', 'osteopenia')])),
        verdictOf({ film: 'f3', person: 'ann', site: 'porto', link: 'l' }, at(2), finding('p3')),
      ],
    })
  })
  const { write } = ledgerOf(() => database)
  const people = async () => {
    const [found] = await readPrevalence(database.client)
    return [found?.n, found?.counts.normal, found?.counts.osteopenia, found?.unlinkedShare]
  }

  test('two keys of one person have one vote, that of the first film', async () => {
    assert.deepEqual(await people(), [3, 2, 1, 2 / 3])
    await write({ corrections: [relink(1, 'lisbon', 'anne', 'ann')] })
    assert.deepEqual(await people(), [2, 2, 0, 1 / 2])
  })

  test('a new link joins the person to another clinic', async () => {
    await write({ corrections: [relink(1, 'lisbon', 'ann', 'ann', 'l')] })
    assert.deepEqual(await people(), [2, 1, 1, 1 / 2])
  })

  test('without a new link the films keep theirs', async () => {
    await write({ corrections: [relink(1, 'porto', 'ann', 'bea')] })
    assert.deepEqual(await people(), [3, 2, 1, 2 / 3])
  })

  test('taking it back restores both votes, in whatever order the two come', async () => {
    const both = [relink(1, 'lisbon', 'anne', 'ann'), relink(2, 'lisbon', 'anne', 'anne')]
    for (const order of [both, both.toReversed()]) {
      await database.client.command('TRUNCATE TABLE relinked_people')
      await database.client.command('TRUNCATE TABLE corrections')
      for (const correction of order) await write({ corrections: [correction] })
      assert.deepEqual(await people(), [3, 2, 1, 2 / 3])
    }
  })
})
