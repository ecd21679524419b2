import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openCircumstanceReader } from '../../../src/analytics/monitor/read-circumstances.ts'
import { openMonitorReader } from '../../../src/analytics/monitor/read-counts.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { ReportWindow } from '../../../src/contracts/report.ts'
import { batchOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'
import { createHistory, registry } from './random-history.ts'

const database = useDatabase()
const march: ReportWindow = { kind: 'month', start: '2026-03-01' }

test('devices of the films of a month add up to its films, and announcements are read as they were told', async () => {
  const { client } = database
  const store = createResultStore({ client })
  const history = createHistory(5)
  await store.write(batchOf({ sites: registry }))
  for (let step = 0; step < 12; step += 1) await store.write(history.step())
  const announcement = {
    announcementId: '0190a1d2-7c2b-4b8e-9a51-2f6d3f1c9e10',
    siteId: 'lisbon',
    change: 'detector',
    from: '2026-03-05',
    text: 'new detector',
    who: 'radiographer',
    at: '2026-03-01T08:00:00.000Z',
  } as const
  await store.write(batchOf({ announcements: [announcement] }))
  await openMonitorReader(client).beginPass('cards')

  const reader = openCircumstanceReader(client)
  const devices = await reader.readDevices([march])
  const counted = await openMonitorReader(client).readCounts([march], [])
  const films = counted.filter(({ scope }) => scope.kind === 'all').reduce((sum, of) => sum + of.films, 0)
  assert.ok(films > 0)
  assert.equal(
    devices.reduce((sum, device) => sum + device.films, 0),
    films,
  )
  const { siteId, change, from } = announcement
  assert.deepEqual(await reader.readAnnouncements(), [{ siteId, change, from }])
})
