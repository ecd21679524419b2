import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { openMonitorReader } from '../../../src/analytics/monitor/read-counts.ts'
import { modelDigestOf } from '../../../src/analytics/stores/finding-columns.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import { drawn } from '../drawn-people.ts'
import { at, batchOf, finding, hex, primaryModel, siteOf, verdictOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'

const database = useDatabase()
beforeEach(async () => {
  for (const table of ['film_contributions', 'touched_films', 'monitor_passes'])
    await database.client.command(`TRUNCATE TABLE ${table}`)
})
const march = { kind: 'month', start: '2026-03-01' } as const

test('drawn people count once, in a domain of their own, and only what is new is counted again', async () => {
  const store = createResultStore({ client: database.client })
  const reader = openMonitorReader(database.client)
  const registry = [siteOf('lisbon', 'south', 'Europe/Lisbon')]
  const film = verdictOf({ film: 'real' }, at(1), finding('real'))
  const refused = drawn('b', { outcome: { kind: 'rejected', reason: 'HIP_UNREADABLE' } })
  await store.write(
    batchOf({ sites: registry, verdicts: [film], history: [drawn('a'), refused, drawn('a')] }),
  )
  const pass = async () => {
    const made = await reader.beginPass('cards')
    await made.finish()
    return made.windows.map(({ kind, start }) => `${kind} ${start}`)
  }
  assert.deepEqual(await pass(), ['month 2026-03-01', 'week 2026-03-09'])
  const counted = await reader.readCounts([march], [])
  const all = counted.filter(({ scope }) => scope.kind === 'all')
  assert.deepEqual(Object.fromEntries(all.map(({ domain, films }) => [domain, films])), {
    history: 2,
    synthetic: 1,
  })
  const history = all.find(({ domain }) => domain === 'history')
  const said = history?.people.map(({ densityClass, withoutVote, people }) => [
    densityClass,
    withoutVote,
    people,
  ])
  assert.deepEqual(said, [
    [undefined, 'HIP_UNREADABLE', 1],
    ['osteoporosis', '', 1],
  ])
  const voter = history?.people.find(({ densityClass }) => densityClass !== undefined)
  assert.deepEqual(
    [voter?.modelDigest, voter?.finderDigest],
    [modelDigestOf(primaryModel), hex('finder')],
    'the card is found by the digests of what read the films',
  )
  assert.equal(history?.controls.find(({ name }) => name === 'noise')?.sum, 2_000_000n)
  assert.deepEqual(
    counted
      .filter(({ domain }) => domain === 'history')
      .map(({ scope }) => `${scope.kind} ${scope.id}`)
      .toSorted(),
    ['all ', 'maker Demo Medical', 'region south', 'site lisbon'],
  )

  await store.write(batchOf({ history: [drawn('a')] }))
  assert.deepEqual(await pass(), [], 'said again it says nothing new')
  const later = { ...drawn('c').attributes, acquisitionDay: '2026-04-07' }
  await store.write(
    batchOf({ history: [drawn('c', { receivedAt: '2026-04-07T10:00:00.000Z', attributes: later })] }),
  )
  assert.deepEqual(await pass(), ['month 2026-04-01', 'week 2026-04-06'], 'and only its own windows')
})
