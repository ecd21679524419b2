import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createResultStore } from '../../src/analytics/stores/result-store.ts'
import { reportSchema } from '../../src/contracts/report.ts'
import { correctionsTopic, reportsTopic, sitesTopic, verdictsTopic } from '../../src/contracts/topics.ts'
import { startMonitor } from '../../src/roles/start-monitor.ts'
import type { RoleDeps } from '../../src/roles/start-screening.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { createHealth } from '../../src/runtime/health.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { at, batchOf, finding, siteOf, verdictOf } from '../analytics/films.ts'
import { openDatabase } from '../analytics/open-database.ts'
import { noteRecords } from '../support/note-records.ts'
import { kafkaFor, telemetryFor, uniqueName, useServices } from '../support/services.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

test('of two monitors one leads and reports; when it goes the other goes on with the next revision', async () => {
  const undo = undoAfter({ after })
  const { client: clickhouse } = await openDatabase(undo)
  const kafka = kafkaFor(await useServices({ after: (work) => undo(async () => work()) }))
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  await admin.createTopics([reportsTopic, verdictsTopic, correctionsTopic, sitesTopic])
  const deps: RoleDeps = {
    settings: { ...readSettings(), monitorPassS: 3600, sessionTimeoutMs: 6000 },
    kafka,
    engineKey: new Uint8Array(32).fill(5),
    logger: silentLogger,
    telemetry: telemetryFor({ after: (work) => undo(async () => work()) }),
    health: createHealth(),
    onCrash: (error) => assert.fail(error),
  }
  const topic = await noteRecords(kafka, reportsTopic.name, {
    groupId: uniqueName('reports'),
    sessionTimeoutMs: 6000,
  })
  undo(topic.stop)
  const reports = () => topic.taken.map((text) => reportSchema.parse(JSON.parse(text)))
  const store = createResultStore({ client: clickhouse })
  const film = (name: string, offset: number) => verdictOf({ film: name }, at(offset), finding(name))
  await store.write(
    batchOf({ sites: [siteOf('lisbon', 'south', 'Europe/Lisbon')], verdicts: [film('a', 1)] }),
  )

  const first = await startMonitor(deps, { admin, clickhouse })
  undo(first.stop)
  const made = await first.passNow(30_000)
  // A week and a month, each of everybody, a region, a clinic and the films of no maker.
  assert.deepEqual(made, { windows: 2, published: 8 })
  const second = await startMonitor(deps, { admin, clickhouse })
  undo(second.stop)
  await waitFor('all reports on the topic', () => reports().length === 8)

  await store.write(batchOf({ verdicts: [film('b', 2)] }))
  await first.stop()
  const next = await second.passNow(60_000)
  assert.deepEqual(next, { windows: 2, published: 8 })
  await waitFor('the second revisions on the topic', () => reports().length === 16)
  assert.deepEqual(
    reports().map(({ revision }) => revision),
    [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2],
    'who takes over knows what was said',
  )
  const [report] = reports()
  assert.deepEqual(
    report?.cut.topics.map(({ topic: name }) => name),
    [verdictsTopic.name, correctionsTopic.name, sitesTopic.name],
  )
  assert.deepEqual(await second.passNow(1000), { windows: 0, published: 0 })
})
