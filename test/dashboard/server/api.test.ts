import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { openAlarmReader } from '../../../src/analytics/pages/read-alarms.ts'
import {
  alarmsAnswerSchema,
  ledgerAnswerSchema,
  type PrevalenceAnswer,
  performanceSchema,
  prevalenceSchema,
} from '../../../src/dashboard/server/answers.ts'
import type { Dashboard } from '../../../src/dashboard/start-dashboard.ts'
import { card } from '../../monitor/window-counts.ts'
import { undoAfter } from '../../support/undo.ts'
import { waitFor } from '../../support/wait-for.ts'
import { addPeople, analyst, askAs, clinicOf, ofNorth, openDashboard, ownerOfAll } from '../open-dashboard.ts'

const clinics = [
  { siteId: 'north-1', region: 'north', people: 160 },
  { siteId: 'south-1', region: 'south', people: 140 },
  { siteId: 'west-1', region: 'west', people: 9 },
] as const

const prevalenceIn = async (response: Response): Promise<PrevalenceAnswer> =>
  prevalenceSchema.parse(await response.json())
const problemSchema = z.object({
  status: z.number(),
  title: z.string(),
  detail: z.string(),
})

const monthOf = (given: PrevalenceAnswer) => {
  const [month] = given.months
  assert.ok(month)
  return month
}
const regionOf = (given: PrevalenceAnswer, name: string) => {
  const found = monthOf(given).regions.find(({ region }) => region === name)
  assert.ok(found, name)
  return found
}

describe('the API of the dashboard', () => {
  let world: Awaited<ReturnType<typeof openDashboard>>
  let dashboard: Dashboard
  const undo = undoAfter({ after })
  before(async () => {
    world = await openDashboard(undo, clinics)
    dashboard = await world.start()
  })

  test('shows corrected shares beside raw ones, with what limits them and what is missed', async () => {
    const ask = await askAs(dashboard, analyst)
    const given = await prevalenceIn(await ask('/prevalence'))
    assert.equal(given.domain, 'synthetic')
    assert.equal(given.label, 'simulated people')
    const north = regionOf(given, 'north')
    assert.deepEqual([north.people, north.osteoporosis], [160, 32])
    assert.equal(north.share.kind === 'answer' && north.share.estimate, 0.2)
    assert.ok(north.corrected.kind === 'answer', JSON.stringify(north.corrected))
    assert.ok(
      north.corrected.low < north.corrected.estimate && north.corrected.estimate < north.corrected.high,
    )
    assert.match(north.corrected.limitedBy, /films/)
    assert.ok(north.missed.kind === 'answer')
    const { people, flagged, missed } = north.missed
    assert.ok(Math.abs(people.estimate - flagged.estimate - missed.estimate) < 1e-3 * people.estimate + 1e-3)
  })

  test('a region with few people is hidden everywhere, and nothing gives it away', async () => {
    const ask = await askAs(dashboard, analyst)
    const bodies = await Promise.all(
      [
        '/prevalence',
        '/overview',
        '/figures/regions/figure.json',
        '/figures/regions/figure.csv',
        '/figures/trend/figure.csv',
      ].map(async (path) => (await ask(path)).text()),
    )
    const given = prevalenceSchema.parse(JSON.parse(bodies[0] ?? ''))
    // West has not even been released: fewer people than the threshold.
    assert.deepEqual(
      monthOf(given).regions.map(({ region }) => region),
      ['north', 'south'],
    )
    assert.equal(monthOf(given).all?.people, 300, 'the sum of what is shown: without the nine of west')
    // The monitor's own figure of everybody counts the nine: it less its regions would tell of them.
    assert.equal(monthOf(given).all?.corrected.kind, 'no-answer')
    for (const body of bodies) assert.doesNotMatch(body, /\b309\b|"people":9\b|,9,/)
  })

  test('a figure does not move for nine people, and moves for ten', async () => {
    const fresh = await openDashboard(undo, clinics)
    const shown = async (): Promise<number | undefined> => {
      const started = await fresh.start()
      const ask = await askAs(started, analyst)
      const given = await prevalenceIn(await ask('/prevalence'))
      await started.stop()
      return regionOf(given, 'north').people
    }
    assert.equal(await shown(), 160)
    await addPeople(fresh.client, { siteId: 'north-1', region: 'north', people: 9 }, 160)
    await fresh.pass()
    assert.equal(await shown(), 160, 'also after a restart')
    await addPeople(fresh.client, { siteId: 'north-1', region: 'north', people: 1 }, 169)
    await fresh.pass()
    assert.equal(await shown(), 170)
  })

  test('who sees one region sees that one, in the API and in every file', async () => {
    const ask = await askAs(dashboard, ofNorth)
    const given = await prevalenceIn(await ask('/prevalence'))
    assert.deepEqual(
      monthOf(given).regions.map(({ region }) => region),
      ['north'],
    )
    assert.equal(monthOf(given).all, undefined)
    for (const format of ['csv', 'json', 'svg', 'metadata.json'])
      assert.doesNotMatch(await (await ask(`/figures/regions/figure.${format}`)).text(), /south|140/)
    assert.doesNotMatch(await (await ask('/figures/trend/figure.csv?region=south')).text(), /20\.0|140/)
  })

  test('a clinic sees its own films and no figure, and may not ask for those of another', async () => {
    const ask = await askAs(dashboard, clinicOf('north-1'))
    for (const path of ['/prevalence', '/models', '/figures/trend/figure.csv'])
      assert.equal((await ask(path)).status, 403, path)
    const ledger = ledgerAnswerSchema.parse(await (await ask('/ledger')).json())
    assert.deepEqual(
      ledger.clinics.map(({ siteId }) => siteId),
      ['north-1'],
    )
    assert.equal(ledger.total.received, 160)
    const other = await ask('/ledger?clinic=south-1')
    assert.equal(other.status, 403)
  })

  test('a film of another clinic and one that does not exist are one answer', async () => {
    const found = await world.client.query(
      "SELECT toString(arrival_id) AS id FROM verdicts WHERE site_id = 'south-1' LIMIT 1",
      {},
      { parse: (row: unknown) => (row as { id: string }).id },
    )
    const ask = await askAs(dashboard, clinicOf('north-1'))
    const [theirs, none] = [
      await ask(`/films/${found[0]}`),
      await ask('/films/00000000-0000-4000-8000-000000000000'),
    ]
    assert.equal(theirs.status, 404)
    assert.equal(none.status, 404)
    const problemOf = async (response: Response) => problemSchema.parse(await response.json())
    assert.deepEqual(await problemOf(theirs), await problemOf(none))
    const owner = await askAs(dashboard, ownerOfAll)
    assert.equal((await owner(`/films/${found[0]}`)).status, 200)
  })

  test('what cannot be asked is refused by name, and nothing of it comes back', async () => {
    const ask = await askAs(dashboard, ownerOfAll)
    const bad = [
      ['/films/not-an-id', 400],
      ["/ledger?clinic='%20OR%201=1", 400],
      ['/figures/trend/figure.csv?month=0', 400],
      ['/figures/nothing/figure.csv', 400],
      ['/prevalence?domain=all', 400],
      ['/dead-letters?limit=1000000', 400],
      ['/nothing', 404],
    ] as const
    for (const [path, status] of bad) {
      const response = await ask(path)
      assert.equal(response.status, status, path)
      const problem = problemSchema.parse(await response.json())
      assert.equal(problem.status, status)
      assert.doesNotMatch(JSON.stringify(problem), /\bat [^ ]+\.ts|SELECT|stack/)
    }
    const large = await ask('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-osteostream': '1' },
      body: JSON.stringify({ ticket: 'x'.repeat(10_000_000) }),
    })
    assert.equal(large.status, 413)
  })

  test('the same answer is not sent twice, and another viewer’s tag does not match', async () => {
    const ask = await askAs(dashboard, analyst)
    const first = await ask('/prevalence')
    const tag = first.headers.get('etag') ?? ''
    assert.notEqual(tag, '')
    const body = await prevalenceIn(first)
    const again = await ask('/prevalence', { headers: { 'if-none-match': tag } })
    // A snapshot that was read anew has another time on it; then the whole answer comes.
    assert.ok(again.status === 304 || (await prevalenceIn(again)).asOf !== body.asOf)
    const north = await askAs(dashboard, ofNorth)
    assert.equal((await north('/prevalence', { headers: { 'if-none-match': tag } })).status, 200)
  })

  test('a table that cannot be read any more leaves the last answer, which says that it is old', async () => {
    let isAway = false
    const shaky = await world.start({
      alarms: async (limit) => {
        if (isAway) throw new Error('clickhouse is away')
        return openAlarmReader(world.client).readAlarms(limit)
      },
    })
    const ask = await askAs(shaky, analyst)
    const isStale = async (): Promise<boolean> => {
      const response = await ask('/alarms')
      return response.status === 200 && alarmsAnswerSchema.parse(await response.json()).stale
    }
    assert.equal(await isStale(), false)
    isAway = true
    await waitFor('the answer to say that it is old', isStale)
  })

  test('what a card measured is counted against the rest, and an expectation is not called a check', async () => {
    const ask = await askAs(dashboard, analyst)
    const given = performanceSchema.parse(await (await ask('/performance')).json())
    const [check] = given.checks
    assert.ok(check)
    const [[hit, mild, none]] = card.confusion.perVote
    const sick = card.confusion.perVote.reduce((sum, [osteoporosis]) => sum + osteoporosis, 0)
    const [osteoporosis] = check.classes
    assert.ok(osteoporosis?.sensitivity.kind === 'answer' && osteoporosis.ppv.kind === 'answer')
    assert.equal(osteoporosis.sensitivity.estimate, hit / sick)
    assert.equal(osteoporosis.sensitivity.people, sick)
    assert.equal(osteoporosis.ppv.estimate, hit / (hit + mild + none))
    assert.equal(check.domain, 'synthetic')
    // West waits with nine people: the whole is not released, so nothing is expected of it either.
    assert.equal(given.projected.kind, 'no-answer')
    assert.equal((await (await askAs(dashboard, clinicOf('north-1')))('/performance')).status, 403)
  })

  test('the description of the API names every address, and who looked is written down', async () => {
    const ask = await askAs(dashboard, analyst)
    const described = z
      .object({ paths: z.record(z.string(), z.unknown()) })
      .parse(await (await ask('/openapi.json')).json())
    for (const path of [
      '/api/v1/overview',
      '/api/v1/prevalence',
      '/api/v1/ledger',
      '/api/v1/figures/{name}/figure.{format}',
    ])
      assert.ok(path in described.paths, path)
    await ask('/overview')
    const audit = await readFile(`${world.dataDir}/dashboard/audit.jsonl`, 'utf8')
    assert.match(audit, /"who":"analyst","did":"signed in"/)
    assert.match(audit, /"who":"clinic north-1","did":"looked up a film"/)
  })
})
