import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { type Prevalence, readPrevalence } from '../../../src/analytics/prevalence/read-prevalence.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { FilmAttributes } from '../../../src/contracts/film-attributes.ts'
import type { ResultBatch } from '../../../src/contracts/ports.ts'
import type { DensityClass, Verdict, VerdictOutcome } from '../../../src/contracts/verdict.ts'
import { at, batchOf, type FilmWords, finding, hipOf, siteOf, verdictOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'

let nextOffset = 0
const old: FilmAttributes = { ageBand: '70-74', sex: 'F' }

/** A film at the next offset, received on the 28th of March; a day gives its acquisition day in that month. */
const film = (words: FilmWords & { day?: number }, outcome: VerdictOutcome): Verdict => {
  const { day, ...rest } = words
  const acquisitionDay =
    day === undefined ? {} : { acquisitionDay: `2026-03-${String(day).padStart(2, '0')}` }
  nextOffset += 1
  const receivedAt = '2026-03-28T09:15:00.000Z'
  return verdictOf(
    { attributes: { ...old, ...acquisitionDay }, receivedAt, ...rest },
    at(nextOffset),
    outcome,
  )
}
const read = (name: string, densityClass: DensityClass): VerdictOutcome =>
  finding(name, [hipOf('left', densityClass)])

describe('whose vote a film is', () => {
  const database = useDatabase()
  beforeEach(async () => {
    await write({
      sites: [
        siteOf('lisbon', 'south', 'Europe/Lisbon'),
        siteOf('porto', 'south', 'Europe/Lisbon'),
        siteOf('osaka', 'east', 'Asia/Tokyo'),
        siteOf('boston', 'west', 'America/New_York', { domain: 'real' }),
      ],
    })
  })
  const write = (some: Partial<ResultBatch>) =>
    createResultStore({ client: database.client }).write(batchOf(some))
  const prevalence = () => readPrevalence(database.client)
  const only = async (): Promise<Prevalence> => {
    const [first, ...others] = await prevalence()
    assert.ok(first !== undefined && others.length === 0, 'one region and month')
    return first
  }

  test('a film that its clinic corrects to another person votes for that person', async () => {
    await write({
      verdicts: [
        film(
          { film: 'a', delivery: 'wrong', person: 'ann', day: 3, appendedAt: '2026-03-28T09:15:01.000Z' },
          read('a', 'normal'),
        ),
        film(
          { film: 'a', delivery: 'right', person: 'bob', day: 3, appendedAt: '2026-03-28T09:16:00.000Z' },
          read('a', 'normal'),
        ),
        film({ film: 'b', person: 'ann', day: 4 }, read('b', 'osteoporosis')),
      ],
    })
    const found = await only()
    assert.deepEqual(
      found.counts,
      { normal: 1, osteopenia: 0, osteoporosis: 1 },
      "ann's vote is her own film's",
    )
  })

  test('a film that came after the end of its site has no region, and is never taken for simulated', async () => {
    await write({
      sites: [siteOf('closed', 'south', 'Europe/Lisbon', { validTo: '2026-03-01T00:00:00.000Z' })],
      verdicts: [film({ film: 'a', site: 'closed', day: 9 }, read('a', 'normal'))],
    })
    const found = await only()
    assert.deepEqual([found.region, found.domain], ['unknown', 'real'])
  })

  test('a time zone that ClickHouse does not know stops nobody', async () => {
    const odd = siteOf('odd', 'south', 'Europe/Lisbon')
    await write({
      sites: [{ ...odd, timeZone: '+01:00' }],
      verdicts: [
        film({ film: 'a', day: 9 }, read('a', 'normal')),
        film({ film: 'b', site: 'odd', day: 9 }, read('b', 'normal')),
      ],
    })
    assert.equal((await only()).n, 2)
  })
})
