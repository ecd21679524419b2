import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { contributionsSql } from '../../../src/analytics/monitor/contribution-sql.ts'
import { openMonitorReader, readCountsOf } from '../../../src/analytics/monitor/read-counts.ts'
import { readPrevalence } from '../../../src/analytics/prevalence/read-prevalence.ts'
import { modelDigestOf } from '../../../src/analytics/stores/finding-columns.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { ReportWindow } from '../../../src/contracts/report.ts'
import type { WindowCounts } from '../../../src/contracts/window-counts.ts'
import { binOf } from '../../../src/statistics/inputs/score-bins.ts'
import { at, batchOf, finding, hex, hipOf, primaryModel, siteOf, verdictOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'
import { createHistory, registry } from './random-history.ts'

const edges = [
  {
    modelDigest: modelDigestOf(primaryModel),
    finderDigest: hex('finder'),
    edges: [-2.500000001, -1.1, -1, 0.123456789012345],
  },
]

const windowText = ({ kind, start }: ReportWindow): string => `${kind} ${start}`

/** Windows that films of these histories lie in; one week lies in two months. */
const windows: readonly ReportWindow[] = [
  { kind: 'month', start: '2026-02-01' },
  { kind: 'month', start: '2026-03-01' },
  { kind: 'week', start: '2026-02-23' },
  { kind: 'week', start: '2026-03-09' },
]

describe('what films add to the figures', () => {
  const database = useDatabase()
  beforeEach(async () => {
    for (const table of ['film_contributions', 'touched_films', 'monitor_passes'])
      await database.client.command(`TRUNCATE TABLE ${table}`)
  })
  const store = () => createResultStore({ client: database.client })
  const reader = () => openMonitorReader(database.client)
  const countAll = async (count: (window: ReportWindow) => Promise<readonly WindowCounts[]>) =>
    new Map(
      await Promise.all(windows.map(async (window) => [windowText(window), await count(window)] as const)),
    )
  /** What all films add, worked out anew from verdicts and readings. */
  const makeScratch = () =>
    database.client.command(
      `CREATE OR REPLACE TABLE scratch ENGINE = Memory AS SELECT *, true AS counts FROM (${contributionsSql()})`,
    )

  for (const seed of [1])
    test(`history ${seed}: kept contributions add up to a count from scratch, and only touched windows change`, async () => {
      const history = createHistory(seed)
      await store().write(batchOf({ sites: registry }))
      let before = await countAll(async () => [])
      for (let round = 0; round < 4; round += 1) {
        for (let steps = 0; steps < 6; steps += 1) await store().write(history.step())
        const pass = await reader().beginPass('cards')
        // Every other pass ends before it is finished, and its windows are named again.
        if (round % 2 === 0) await pass.finish()
        const kept = await countAll((window) => reader().readCounts([window], edges))
        await makeScratch()
        const scratch = await countAll((window) => readCountsOf(database.client, [window], edges, 'scratch'))
        assert.deepEqual(kept, scratch)
        const weeks = windows.filter(({ kind }) => kind === 'week')
        const atOnce = await reader().readCounts(weeks, edges)
        assert.deepEqual(
          atOnce,
          weeks.flatMap((week) => kept.get(windowText(week)) ?? []),
          'one by one or at once',
        )
        const named = new Set(pass.windows.map(windowText))
        for (const window of windows.map(windowText))
          if (!named.has(window)) assert.deepEqual(kept.get(window), before.get(window), window)
        await compareWithPrevalence(kept)
        before = kept
      }
    })

  /** The regions and months, counted by the query that shows raw prevalence. */
  const compareWithPrevalence = async (kept: ReadonlyMap<string, readonly WindowCounts[]>): Promise<void> => {
    const shown = (await readPrevalence(database.client)).map(
      ({ region, month, domain, n, counts }) =>
        `${region} ${month} ${domain} ${n} ${counts.normal}/${counts.osteopenia}/${counts.osteoporosis}`,
    )
    const counted = [...kept.values()]
      .flat()
      .filter(({ scope, window }) => scope.kind === 'region' && window.kind === 'month')
      .map(({ scope, window, domain, people }) => {
        const of = (name?: string) =>
          people
            .filter(
              (cell) => cell.densityClass !== undefined && (name ?? cell.densityClass) === cell.densityClass,
            )
            .reduce((sum, cell) => sum + cell.people, 0)
        const shares = ['normal', 'osteopenia', 'osteoporosis'].map(of).join('/')
        return `${scope.id} ${window.start.slice(0, 7)} ${domain} ${of()} ${shares}`
      })
    assert.deepEqual(counted.toSorted(), shown.toSorted())
  }

  test('a late film names its own week and month and no other, and a quiet pass names none', async () => {
    const film = (name: string, acquisitionDay: string, offset: number) =>
      verdictOf(
        {
          film: name,
          receivedAt: '2026-03-28T09:15:00.000Z',
          attributes: { ageBand: '70-74', sex: 'F', acquisitionDay },
        },
        at(offset),
        finding(name),
      )
    await store().write(batchOf({ sites: registry, verdicts: [film('a', '2026-03-03', 1)] }))
    await (await reader().beginPass('cards')).finish()
    const quiet = await reader().beginPass('cards')
    assert.deepEqual(quiet.windows, [])
    await quiet.finish()
    await store().write(batchOf({ verdicts: [film('b', '2026-02-24', 2)] }))
    const late = await reader().beginPass('cards')
    assert.deepEqual(late.windows, [
      { kind: 'month', start: '2026-02-01' },
      { kind: 'week', start: '2026-02-23' },
    ])
    const again = await reader().beginPass('cards')
    assert.deepEqual(again.windows, late.windows, 'a pass that was not finished is done again')
    await again.finish()
    const otherCards = await reader().beginPass('other cards')
    assert.equal(otherCards.windows.length, 4, 'with other cards every figure is made again')
  })

  test('a pass is remembered whatever the registry says: its hash is text, for a number may have all 64 bits', async () => {
    for (const region of ['north', 'south', 'east', 'west']) {
      const told = { ...siteOf('lisbon', region, 'Europe/Lisbon'), toldAt: new Date().toISOString() }
      await store().write(batchOf({ sites: [told] }))
      await (await reader().beginPass('cards')).finish()
    }
    const passes = await database.client.query('SELECT pass FROM monitor_passes', {}, { parse: (row) => row })
    assert.equal(passes.length, 4)
  })

  test('an erased person leaves no row that names anybody, and a place in the registry counts at once', async () => {
    const words = { film: 'a', person: 'ann', receivedAt: '2026-03-28T09:15:00.000Z' }
    await store().write(batchOf({ sites: registry, verdicts: [verdictOf(words, at(1), finding('a'))] }))
    await (await reader().beginPass('cards')).finish()
    const [south] = (await reader().readCounts([{ kind: 'month', start: '2026-03-01' }], [])).filter(
      ({ scope }) => scope.kind === 'region',
    )
    assert.equal(south?.scope.id, 'south')
    const moved = { ...siteOf('lisbon', 'centre', 'Europe/Lisbon'), toldAt: '2026-03-29T00:00:00.000Z' }
    await store().write(batchOf({ sites: [moved] }))
    await (await reader().beginPass('cards')).finish()
    const regions = (await reader().readCounts([{ kind: 'month', start: '2026-03-01' }], [])).flatMap(
      ({ scope }) => (scope.kind === 'region' ? [scope.id] : []),
    )
    assert.deepEqual(regions, ['centre'])
    await store().write(
      batchOf({
        corrections: [
          {
            kind: 'erase',
            correctionId: '8b0e3e0a-7d1f-4c57-9f0a-5c7f3f9a2b11',
            siteId: 'lisbon',
            who: 'data steward',
            why: 'asked for it',
            at: '2026-03-29T00:00:00.000Z',
            subjectKey: hex('person ann'),
          },
        ],
      }),
    )
    await (await reader().beginPass('cards')).finish()
    assert.deepEqual(await reader().readCounts([{ kind: 'month', start: '2026-03-01' }], []), [])
    const rows = await database.client.query(
      "SELECT person FROM film_contributions WHERE person != ''",
      {},
      { parse: (row) => row },
    )
    assert.deepEqual(rows, [])
  })

  test('a score is counted in the bin that the statistics give it, on an edge too', async () => {
    const severities = [-3, -2.500000001, -2.5, -1.1, -1.0999999999999999, -1, 0.123456789012345, 2]
    const hipWith = (severity: number) => {
      const hip = hipOf('left', 'normal')
      return { ...hip, readings: hip.readings.map((reading) => ({ ...reading, severity })) }
    }
    await store().write(
      batchOf({
        sites: registry,
        verdicts: severities.map((severity, index) =>
          verdictOf({ film: `s${index}` }, at(index), finding(`s${index}`, [hipWith(severity)])),
        ),
      }),
    )
    await (await reader().beginPass('cards')).finish()
    const [all] = await reader().readCounts([{ kind: 'month', start: '2026-03-01' }], edges)
    const expected = severities.map((severity) => binOf(edges[0]?.edges ?? [], severity))
    const found = (all?.scores ?? []).flatMap(({ bin, people }) => Array.from({ length: people }, () => bin))
    assert.deepEqual(found, expected)
  })
})
