import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readPrevalence } from '../../src/analytics/prevalence/read-prevalence.ts'
import { createResultStore } from '../../src/analytics/stores/result-store.ts'
import type { FilmAttributes } from '../../src/contracts/film-attributes.ts'
import type { DensityClass, HipFinding } from '../../src/contracts/verdict.ts'
import { useDatabase } from '../support/database.ts'
import { emptyBatch, finding, hipOf, receiptOf, verdictOf } from '../support/results.ts'
import { type TestServices, useServices } from '../support/services.ts'

const site = (siteId: string, region: string, timeZone: string) => ({
  siteId,
  name: siteId,
  region,
  timeZone,
  domain: 'synthetic' as const,
  keys: [{ keyId: 'k', publicKey: 'x'.repeat(60), validFrom: '2020-01-01T00:00:00.000Z' }],
  validFrom: '2020-01-01T00:00:00.000Z',
})

type Film = {
  film: string
  person: string
  day?: string
  hips: HipFinding[]
  siteId?: string
  receivedAt?: string
}

describe('prevalence', () => {
  let services: TestServices
  let offset = 0
  before(async () => {
    services = await useServices({ after })
  })

  const prevalenceOf = async (t: { after: (work: () => Promise<void>) => void }, films: Film[]) => {
    const client = await useDatabase(t, services)
    const verdicts = films.map(
      ({ film, person, day, hips, siteId = 'lisbon', receivedAt = '2026-03-20T10:00:00.000Z' }) => {
        const attributes: FilmAttributes = {
          ageBand: '70-74',
          ...(day === undefined ? {} : { acquisitionDay: day }),
        }
        const receipt = receiptOf({ film, person, offset: (offset += 1), siteId, receivedAt, attributes })
        return verdictOf(receipt, finding(hips, film))
      },
    )
    const sites = [site('lisbon', 'South', 'Europe/Lisbon'), site('auckland', 'East', 'Pacific/Auckland')]
    await createResultStore({ client }).write({ ...emptyBatch, verdicts, sites })
    return readPrevalence(client)
  }
  const hip = (side: HipFinding['side'], densityClass: DensityClass, eligible = true) => [
    hipOf(side, densityClass, eligible),
  ]

  test('each person has one vote: the left hip of the first eligible film of the month', async (t) => {
    const found = await prevalenceOf(t, [
      {
        film: 'a1',
        person: 'a',
        day: '2026-03-05',
        hips: [hipOf('right', 'normal'), hipOf('left', 'osteoporosis')],
      },
      { film: 'a2', person: 'a', day: '2026-03-09', hips: hip('left', 'normal') },
      {
        film: 'b1',
        person: 'b',
        day: '2026-03-02',
        hips: [hipOf('left', 'osteoporosis', false), hipOf('right', 'osteopenia')],
      },
      { film: 'c1', person: 'c', day: '2026-03-02', hips: hip('left', 'normal', false) },
      { film: 'd1', person: 'd', day: '2026-03-02', hips: hip('left', 'normal') },
    ])
    assert.equal(found.length, 1)
    assert.deepEqual([found[0]?.n, found[0]?.counts], [3, { normal: 1, osteopenia: 1, osteoporosis: 1 }])
    assert.deepEqual(
      [found[0]?.region, found[0]?.month, found[0]?.unreadableShare],
      ['South', '2026-03', 1 / 5],
    )
    // Wilson's interval of 1 of 3, from Newcombe's formula by hand.
    assert.ok(Math.abs((found[0]?.raw.osteoporosis.low ?? 0) - 0.06149) < 1e-4)
    assert.ok(Math.abs((found[0]?.raw.osteoporosis.high ?? 0) - 0.79234) < 1e-4)
    assert.equal(found[0]?.corrected.kind, 'no-answer')
  })

  test('a film that was sent twice gives one vote', async (t) => {
    const again = { film: 'a', person: 'a', day: '2026-03-05', hips: hip('left', 'normal') }
    assert.equal((await prevalenceOf(t, [again, again]))[0]?.n, 1)
  })

  test("months are the clinic's own, and a day that cannot be gives way to the day of receipt", async (t) => {
    const receivedAt = '2026-03-31T20:00:00.000Z'
    const found = await prevalenceOf(t, [
      { film: 'a', person: 'a', hips: hip('left', 'normal'), receivedAt },
      { film: 'b', person: 'b', hips: hip('left', 'normal'), siteId: 'auckland', receivedAt },
      { film: 'c', person: 'c', hips: hip('left', 'normal'), day: '2199-01-01', receivedAt },
      { film: 'd', person: 'd', hips: hip('left', 'normal'), day: '1912-01-01', receivedAt },
    ])
    assert.deepEqual(
      found.map(({ region, month, n }) => [region, month, n]),
      [
        ['East', '2026-04', 1],
        ['South', '2026-03', 3],
      ],
    )
  })
})
