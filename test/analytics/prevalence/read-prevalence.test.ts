import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import {
  type Prevalence,
  prevalenceCaption,
  readPrevalence,
} from '../../../src/analytics/prevalence/read-prevalence.ts'
import { modelDigestOf } from '../../../src/analytics/stores/finding-columns.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { FilmAttributes } from '../../../src/contracts/film-attributes.ts'
import type { ResultBatch } from '../../../src/contracts/ports.ts'
import type { DensityClass, HipFinding, Verdict, VerdictOutcome } from '../../../src/contracts/verdict.ts'
import {
  at,
  batchOf,
  deadLetter,
  type FilmWords,
  finding,
  hex,
  hipOf,
  primaryModel,
  readingOf,
  rejection,
  shadowModel,
  siteOf,
  uuid,
  verdictOf,
} from '../films.ts'
import { emptyTables, useDatabase } from '../open-database.ts'

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

const near = (actual: number | undefined, expected: number, what: string): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 5e-5, `${what}: ${actual} is not ${expected}`)

describe('prevalence', () => {
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
  const votes = (rows: readonly Prevalence[]) =>
    rows.map(({ region, month, n, counts }) => {
      const { normal, osteopenia, osteoporosis } = counts
      return `${region} ${month} ${n}: ${normal}/${osteopenia}/${osteoporosis}`
    })

  test('the worked example: one vote a person, by the index hip of the first film that has one', async () => {
    const shadowed: HipFinding = {
      ...hipOf('left', 'normal'),
      readings: [readingOf('osteoporosis', shadowModel), readingOf('normal')],
    }
    await write({
      verdicts: [
        // Anna: left hip normal; what a shadow model says does not count.
        film({ film: 'a', day: 9 }, finding('a', [shadowed, hipOf('right', 'osteoporosis')])),
        // Bea: the left hip has an implant, so her right one votes.
        film(
          { film: 'b', day: 9 },
          finding('b', [hipOf('left', 'normal', false), hipOf('right', 'osteoporosis')]),
        ),
        // Cleo: the film of the 5th has no vote, that of the 12th has, that of the 20th comes too late.
        film({ film: 'c3', person: 'c', day: 20 }, read('c3', 'normal')),
        film({ film: 'c1', person: 'c', day: 5 }, finding('c1', [hipOf('unknown', 'normal', false)])),
        film({ film: 'c2', person: 'c', day: 12 }, read('c2', 'osteopenia')),
        // Dora: linked, at two clinics of the region; the earlier day votes although it was sent later.
        film({ film: 'd1', person: 'd1', link: 'dora', day: 3 }, read('d1', 'normal')),
        film({ film: 'd2', person: 'd2', link: 'dora', site: 'porto', day: 2 }, read('d2', 'osteopenia')),
        // Eva is too young, of Fay's age nothing is known.
        film({ film: 'e', attributes: { ageBand: '18-49' } }, read('e', 'osteoporosis')),
        film({ film: 'f', attributes: {} }, read('f', 'osteoporosis')),
        // Gina's hip cannot be read, Hana has implants on both sides: people without a vote.
        film({ film: 'g' }, rejection('HIP_UNREADABLE', 'g')),
        film({ film: 'h' }, finding('h', [hipOf('left', 'normal', false), hipOf('right', 'normal', false)])),
        // No film of a hip, and a file that nobody could read: nothing is known.
        film({ film: 'i' }, rejection('NOT_A_HIP')),
        film({ film: 'j' }, deadLetter('FILE_CORRUPT')),
        // Anna's film again with other pixels: a conflict has no vote.
        film({ film: 'a', delivery: 'a again', bytes: 'z', day: 1 }, read('z', 'osteoporosis')),
      ],
    })
    const found = await only()
    assert.deepEqual([found.region, found.month, found.domain], ['south', '2026-03', 'synthetic'])
    assert.equal(found.n, 4)
    assert.equal(found.implausibleFilms, 0)
    assert.deepEqual(found.counts, { normal: 1, osteopenia: 2, osteoporosis: 1 })
    // Wilson, 1 of 4: centre (.25 + 3.8415/8) / 1.96036 = .37247, half width .32689.
    assert.ok(!('kind' in found.raw))
    near(found.raw.osteoporosis.estimate, 0.25, 'share')
    near(found.raw.osteoporosis.low, 0.04559, 'lower limit')
    near(found.raw.osteoporosis.high, 0.69936, 'upper limit')
    // Two of six people have no vote: 1/6 if none of them has it, 3/6 if both have.
    near(found.unreadableShare, 2 / 6, 'unreadable share')
    const bounds = found.osteoporosisBounds
    assert.ok(!('kind' in bounds))
    near(bounds.low, 1 / 6, 'lower bound')
    near(bounds.high, 3 / 6, 'upper bound')
    near(found.unlinkedShare, 3 / 4, 'unlinked share')
    assert.equal(found.caption, `${prevalenceCaption}; per person and clinic`)
    assert.equal(found.label, 'simulated people')
    assert.equal(found.corrected.kind, 'no-answer')
    assert.deepEqual(found.modelDigests, [modelDigestOf(primaryModel)])
  })

  test('the same person in two months and two regions has a vote in each', async () => {
    const words = { person: 'p', link: 'p' }
    await write({
      verdicts: [
        film({ film: 'a', ...words, day: 3 }, read('a', 'normal')),
        film(
          { film: 'b', ...words, attributes: { ...old, acquisitionDay: '2026-02-03' } },
          read('b', 'osteopenia'),
        ),
        film({ film: 'c', ...words, site: 'osaka', day: 4 }, read('c', 'osteoporosis')),
      ],
    })
    const found = await prevalence()
    assert.deepEqual(votes(found), [
      'east 2026-03 1: 0/0/1',
      'south 2026-02 1: 0/1/0',
      'south 2026-03 1: 1/0/0',
    ])
    assert.equal(found[0]?.caption, prevalenceCaption)
    assert.deepEqual(
      votes(
        await readPrevalence(database.client, { region: 'south', fromMonth: '2026-03', toMonth: '2026-03' }),
      ),
      ['south 2026-03 1: 1/0/0'],
    )
  })

  test('people without a link are other people at another clinic', async () => {
    await write({
      verdicts: [
        film({ film: 'a', person: 'same key' }, read('a', 'normal')),
        film({ film: 'b', person: 'same key', site: 'porto' }, read('b', 'normal')),
      ],
    })
    assert.deepEqual(votes(await prevalence()), ['south 2026-03 2: 2/0/0'])
  })

  test("a month ends with the clinic's own midnight", async () => {
    const on = (name: string, site: string, receivedAt: string) =>
      film({ film: name, site, receivedAt }, read(name, 'normal'))
    await write({
      verdicts: [
        // Summer time: 23:30 UTC is half past midnight in Lisbon, and 01:00 in Tokyo's zone begins at 16:00 UTC.
        on('a', 'lisbon', '2026-03-31T22:59:59.999Z'),
        on('b', 'lisbon', '2026-03-31T23:00:00.000Z'),
        on('c', 'osaka', '2026-03-31T14:59:59.999Z'),
        on('d', 'osaka', '2026-03-31T15:00:00.000Z'),
        on('e', 'boston', '2026-04-01T03:59:59.999Z'),
        on('f', 'boston', '2026-04-01T04:00:00.000Z'),
      ],
    })
    assert.deepEqual(votes(await prevalence()), [
      'east 2026-03 1: 1/0/0',
      'east 2026-04 1: 1/0/0',
      'south 2026-03 1: 1/0/0',
      'south 2026-04 1: 1/0/0',
      'west 2026-03 1: 1/0/0',
      'west 2026-04 1: 1/0/0',
    ])
  })

  test('the day of the exposure counts, not that of receipt; a day that cannot be is flagged, not dropped', async () => {
    const on = (name: string, acquisitionDay: string) =>
      film(
        { film: name, receivedAt: '2026-04-02T09:00:00.000Z', attributes: { ...old, acquisitionDay } },
        read(name, 'normal'),
      )
    await write({
      verdicts: [
        on('late', '2026-03-31'),
        on('years late', '1990-01-01'),
        on('tomorrow', '2026-04-03'),
        on('the day after', '2026-04-04'),
        on('far future', '2126-01-01'),
        on('before X-rays were stored', '1899-12-31'),
      ],
    })
    const found = await prevalence()
    assert.deepEqual(votes(found), [
      'south 1990-01 1: 1/0/0',
      'south 2026-03 1: 1/0/0',
      'south 2026-04 4: 4/0/0',
    ])
    assert.deepEqual(
      found.map((row) => row.implausibleFilms),
      [0, 0, 3],
    )
  })

  test('real people stay apart from simulated ones and are labelled as unvalidated', async () => {
    await write({
      sites: [siteOf('faro', 'south', 'Europe/Lisbon', { domain: 'real' })],
      verdicts: [
        film({ film: 'a' }, read('a', 'normal')),
        film({ film: 'b', site: 'faro' }, read('b', 'osteoporosis')),
        film({ film: 'c', site: 'nobody-knows' }, read('c', 'osteopenia')),
      ],
    })
    assert.deepEqual(
      (await prevalence()).map(({ region, domain, label, n }) => `${region} ${domain} ${n} ${label}`),
      [
        'south real 1 unvalidated model output',
        'south synthetic 1 simulated people',
        'unknown real 1 unvalidated model output',
      ],
    )
  })

  test('a clinic that moves takes only its later films along', async () => {
    await write({
      sites: [siteOf('porto', 'north', 'Europe/Lisbon', { validFrom: '2026-03-15T00:00:00.000Z' })],
      verdicts: [
        film({ film: 'a', site: 'porto', receivedAt: '2026-03-14T23:59:59.999Z' }, read('a', 'normal')),
        film({ film: 'b', site: 'porto', receivedAt: '2026-03-15T00:00:00.000Z' }, read('b', 'normal')),
      ],
    })
    assert.deepEqual(votes(await prevalence()), ['north 2026-03 1: 1/0/0', 'south 2026-03 1: 1/0/0'])
  })

  test('where nobody has a vote there is no share, and it is not zero', async () => {
    await write({ verdicts: [film({ film: 'a' }, rejection('HIP_UNREADABLE'))] })
    const found = await only()
    assert.equal(found.n, 0)
    assert.ok('kind' in found.raw && found.raw.reason === 'empty')
    assert.ok('kind' in found.osteoporosisBounds)
    assert.equal(found.unreadableShare, 1)
    assert.equal(found.unlinkedShare, undefined)
    await emptyTables(database.client)
    assert.deepEqual(await prevalence(), [])
  })

  test('the erased have no vote, and what another attempt left behind has none', async () => {
    await write({
      verdicts: [
        film({ film: 'a', person: 'ann' }, read('a', 'normal')),
        verdictOf({ film: 'b', attributes: old }, at(1000), finding('b', [hipOf('left', 'normal')])),
        verdictOf(
          { film: 'b', attributes: old },
          at(1001),
          finding('b', [hipOf('right', 'osteoporosis', false)]),
          2,
        ),
      ],
      corrections: [
        {
          kind: 'erase',
          correctionId: uuid('c'),
          siteId: 'lisbon',
          subjectKey: hex('person ann'),
          who: 'data steward',
          why: 'opted out',
          at: '2026-03-11T00:00:00.000Z',
        },
      ],
    })
    assert.deepEqual(votes(await prevalence()), ['south 2026-03 0: 0/0/0'])
  })
})
