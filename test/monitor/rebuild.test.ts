import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openCircumstanceReader } from '../../src/analytics/monitor/read-circumstances.ts'
import { openMonitorReader } from '../../src/analytics/monitor/read-counts.ts'
import { modelDigestOf } from '../../src/analytics/stores/finding-columns.ts'
import { readCurrentReports, readRevisions } from '../../src/analytics/stores/report-reader.ts'
import { createResultStore } from '../../src/analytics/stores/result-store.ts'
import type { ResultBatch } from '../../src/contracts/ports.ts'
import { type Report, reportKeyOf } from '../../src/contracts/report.ts'
import { createCurrentReports } from '../../src/monitor/current-reports.ts'
import { runPass } from '../../src/monitor/run-pass.ts'
import type { ClickHouse } from '../../src/runtime/clickhouse.ts'
import { batchOf, hex, primaryModel } from '../analytics/films.ts'
import { createHistory, registry } from '../analytics/monitor/random-history.ts'
import { openDatabase } from '../analytics/open-database.ts'
import { undoAfter } from '../support/undo.ts'
import { card } from './window-counts.ts'

const cards = [{ modelDigest: modelDigestOf(primaryModel), finderDigest: hex('finder'), card }]

/** A monitor over a database, with the reports topic in memory; the sink stores what it publishes. */
const openMonitor = (client: ClickHouse, told: readonly Report[] = []) => {
  const reports = createCurrentReports()
  for (const report of told) reports.note(report)
  const published: Report[] = []
  const pass = () =>
    runPass({
      reader: openMonitorReader(client),
      circumstances: openCircumstanceReader(client),
      reports,
      heard: new Set(),
      cards,
      engineKey: new Uint8Array(32).fill(3),
      measureCut: async () => [],
      raise: async () => {},
      publish: async (made) => {
        published.push(...made)
        await createResultStore({ client }).write(batchOf({ reports: made }))
      },
      now: () => new Date('2026-04-20T00:00:00.000Z'),
      isLeading: () => true,
    })
  return { pass, published }
}

/** What the current revisions say; their numbers may differ, for a rebuild did not see what came in between. */
const said = (reports: readonly Report[]) =>
  new Map(reports.map((report) => [reportKeyOf(report), [report.reportId, report.body] as const]))

describe('reports after a rebuild', () => {
  const undo = undoAfter({ after })

  test('the tables made again in another order give equal current revisions, and nothing new to say', async () => {
    const [live, fresh] = [(await openDatabase(undo)).client, (await openDatabase(undo)).client]
    const history = createHistory(11)
    const batches: ResultBatch[] = [batchOf({ sites: registry })]
    const monitor = openMonitor(live)
    for (let round = 0; round < 2; round += 1) {
      const steps = Array.from({ length: 5 }, () => history.step())
      batches.push(...steps)
      for (const batch of round === 0 ? [...batches] : steps)
        await createResultStore({ client: live }).write(batch)
      await monitor.pass()
    }
    assert.ok(
      monitor.published.some(({ revision }) => revision > 1),
      'something was restated',
    )
    assert.ok(
      monitor.published.some(({ method }) => method === 'change'),
      'a month was judged',
    )
    const current = await readCurrentReports(live)
    const revisions = await readRevisions(live)
    assert.equal(revisions.length, monitor.published.length, 'no revision is overwritten')

    for (const batch of batches.toReversed()) await createResultStore({ client: fresh }).write(batch)
    const again = openMonitor(fresh)
    await again.pass()
    const withPeople = current.filter(
      ({ body }) => JSON.stringify(body['figures'] ?? body['changes']) !== '[]',
    )
    assert.deepEqual(said(await readCurrentReports(fresh)), said(withPeople))

    const followed = openMonitor(fresh, monitor.published)
    assert.equal((await followed.pass()).published, 0, 'who knows the topic has nothing to add')
  })
})
