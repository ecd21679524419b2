import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Change } from '../../../src/contracts/change-report.ts'
import type { ReportedChange } from '../../../src/contracts/reported-change.ts'
import { changesSchema, overviewSchema } from '../../../src/dashboard/server/answers.ts'
import { undoAfter } from '../../support/undo.ts'
import { addPeople, analyst, askAs, ofNorth, openDashboard } from '../open-dashboard.ts'

const change = (people: Change['people'], verdict: Change['verdict'] = 'imaging'): Change => ({
  domain: 'synthetic',
  label: 'simulated people',
  before: { kind: 'month', start: '2026-02-01' },
  people,
  difference: { kind: 'answer', method: 'matrix', estimate: 0.0412, low: 0.01, high: 0.0731 },
  verdict,
  statement: `moved; with ${people.before} and ${people.after} people a change of 3.0 points would have been seen`,
  witnesses: [{ name: 'software version', says: 'for', detail: 'moved' }],
  onset: '2026-03-01',
})

describe('changes on pages', () => {
  const undo = undoAfter({ after })

  test('stand only where both months do, with the very people that they were judged on', async () => {
    const world = await openDashboard(undo, [
      { siteId: 'north-1', region: 'north', people: 60 },
      { siteId: 'south-1', region: 'south', people: 55 },
    ])
    await addPeople(world.client, { siteId: 'north-1', region: 'north', people: 50 }, 1000, '2026-02-10')
    await addPeople(world.client, { siteId: 'south-1', region: 'south', people: 50 }, 2000, '2026-02-10')
    await world.pass()
    const reported: readonly ReportedChange[] = [
      { region: 'north', month: '2026-03', change: change({ before: 50, after: 60 }) },
      // South was judged with one person more than pages show: its words would tell of that one.
      { region: 'south', month: '2026-03', change: change({ before: 50, after: 56 }) },
      { region: 'south', month: '2026-02', change: change({ before: 41, after: 50 }) },
    ]
    const dashboard = await world.start({ changes: async () => reported })
    const ask = await askAs(dashboard, analyst)
    const given = changesSchema.parse(await (await ask('/changes')).json())
    assert.deepEqual(
      given.changes.map(({ region, month }) => `${region} ${month}`),
      ['north 2026-03'],
    )
    assert.equal(given.waiting, 2)
    assert.doesNotMatch(JSON.stringify(given), /\b56\b|\b41\b/)
    const [north] = given.changes
    assert.deepEqual(north?.difference, { kind: 'answer', estimate: 0.041, low: 0.01, high: 0.073 })
    const overview = overviewSchema.parse(await (await ask('/overview')).json())
    assert.match(overview.sentence, /north: the images changed.*still counts it/)
    assert.doesNotMatch(overview.sentence, /No change|has not been tested/)
    assert.deepEqual(
      overview.attention.map(({ title }) => title),
      ['north: images changed, density cannot be told'],
    )
    const other = await askAs(dashboard, { ...ofNorth, regions: ['south'] })
    assert.deepEqual(changesSchema.parse(await (await other('/changes')).json()).changes, [])
  })
})
