import { openCircumstanceReader } from '../../src/analytics/monitor/read-circumstances.ts'
import { openMonitorReader } from '../../src/analytics/monitor/read-counts.ts'
import { openAlarmReader } from '../../src/analytics/pages/read-alarms.ts'
import { readChanges } from '../../src/analytics/pages/read-changes.ts'
import { readClinics } from '../../src/analytics/pages/read-clinics.ts'
import { readFilmPath } from '../../src/analytics/pages/read-film-path.ts'
import { readLastPass } from '../../src/analytics/pages/read-last-pass.ts'
import { readMonths } from '../../src/analytics/pages/read-months.ts'
import { createDeadLetterReader } from '../../src/analytics/stores/dead-letter-reader.ts'
import { modelDigestOf } from '../../src/analytics/stores/finding-columns.ts'
import { createResultStore } from '../../src/analytics/stores/result-store.ts'
import type { Ledger, LedgerCounts } from '../../src/contracts/ledger.ts'
import type { DensityClass } from '../../src/contracts/verdict.ts'
import type { DashboardReaders } from '../../src/dashboard/ports.ts'
import type { Viewer } from '../../src/dashboard/sign-in/viewer.ts'
import { type Dashboard, startDashboard } from '../../src/dashboard/start-dashboard.ts'
import { createCurrentReports } from '../../src/monitor/current-reports.ts'
import { runPass } from '../../src/monitor/run-pass.ts'
import type { ClickHouse } from '../../src/runtime/clickhouse.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { at, batchOf, finding, hex, hipOf, primaryModel, siteOf, verdictOf } from '../analytics/films.ts'
import { openDatabase } from '../analytics/open-database.ts'
import { card } from '../monitor/window-counts.ts'
import { tempDir } from '../support/temp-dir.ts'
import type { Undo } from '../support/undo.ts'

const nothing: LedgerCounts = {
  received: 0,
  findings: 0,
  rejected: {},
  deadLettered: {},
  duplicates: 0,
  conflicts: 0,
  superseded: 0,
  erased: 0,
  inFlight: 0,
  lost: 0,
}

/** The ledger of a test: the real one needs a broker (test/roles/dashboard.test.ts opens pages over it). */
const ledgerOf = (clinics: readonly SeededClinic[]): Ledger => {
  const received = clinics.reduce((sum, { people }) => sum + people, 0)
  return {
    ...nothing,
    received,
    findings: received,
    doubled: 0,
    unscreenedRecords: 0,
    unscreenedBackfill: 0,
    drawnPeople: 0,
    unansweredRecords: 0,
    unsunkVerdicts: 0,
    balanced: true,
    faults: [],
    spools: [],
    byClinicHour: clinics.map(({ siteId, people }) => ({
      ...nothing,
      siteId,
      hour: '2026-03-10T09:00:00.000Z',
      received: people,
      findings: people,
    })),
  }
}

/** Clinics of a test: so many people of March 2026 in each, every fifth called osteoporosis. */
export type SeededClinic = { readonly siteId: string; readonly region: string; readonly people: number }

const classOf = (index: number): DensityClass =>
  index % 5 === 0 ? 'osteoporosis' : index % 2 === 0 ? 'osteopenia' : 'normal'

/** Films of further people of a clinic, from the one of that number on, of a day of March 2026 unless said. */
export const addPeople = (
  client: ClickHouse,
  { siteId, people }: SeededClinic,
  from = 0,
  day = '2026-03-10',
): Promise<void> =>
  createResultStore({ client }).write(
    batchOf({
      verdicts: Array.from({ length: people }, (_, index) =>
        verdictOf(
          {
            film: `${siteId} ${from + index}`,
            site: siteId,
            receivedAt: `${day}T09:15:00.000Z`,
            attributes: { ageBand: '70-74', sex: index % 2 === 0 ? 'F' : 'M' },
          },
          at(from + index, Number.parseInt(hex(siteId).slice(0, 6), 16) % 1000),
          finding(`${siteId} ${from + index}`, [hipOf('left', classOf(from + index))]),
        ),
      ),
    }),
  )

/** A monitor that says what it counts; the card holds for the model of these films. */
const monitorOver = (client: ClickHouse) => {
  const reports = createCurrentReports()
  return () =>
    runPass({
      reader: openMonitorReader(client),
      circumstances: openCircumstanceReader(client),
      reports,
      heard: new Set(),
      cards: [{ modelDigest: modelDigestOf(primaryModel), finderDigest: hex('finder'), card }],
      engineKey: new Uint8Array(32).fill(3),
      measureCut: async () => [],
      raise: async () => {},
      publish: async (made) => createResultStore({ client }).write(batchOf({ reports: made })),
      now: () => new Date(),
      isLeading: () => true,
    })
}

export const analyst: Viewer = { who: 'analyst', roles: ['authority'], clinics: [] }
export const ownerOfAll: Viewer = {
  who: 'owner',
  roles: ['authority', 'operator', 'model-owner'],
  clinics: [],
}
export const ofNorth: Viewer = {
  who: 'analyst of north',
  roles: ['authority'],
  regions: ['north'],
  clinics: [],
}
export const clinicOf = (siteId: string): Viewer => ({
  who: `clinic ${siteId}`,
  roles: ['clinic'],
  clinics: [siteId],
})

type Asking = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** Asks the dashboard as somebody: the cookie of a sign-in by link travels along. */
export const askAs = async (dashboard: Dashboard, viewer: Viewer) => {
  const ticket = await dashboard.tickets.link(viewer)
  const signedIn = await fetch(`${dashboard.address}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-osteostream': '1' },
    body: JSON.stringify({ ticket }),
  })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  return (path: string, init: Asking = {}): Promise<Response> =>
    fetch(`${dashboard.address}/api/v1${path}`, { ...init, headers: { cookie, ...init.headers } })
}

/** A dashboard over real tables in which these clinics have been counted by the monitor. */
export const openDashboard = async (undo: Undo, clinics: readonly SeededClinic[], threshold = 10) => {
  const { client } = await openDatabase(undo)
  const store = createResultStore({ client })
  await store.write(batchOf({ sites: clinics.map(({ siteId, region }) => siteOf(siteId, region, 'UTC')) }))
  for (const clinic of clinics) await addPeople(client, clinic)
  const pass = monitorOver(client)
  await pass()
  let nowMs = Date.now()
  const dataDir = await tempDir({ after: undo })
  const start = async (readers: Partial<DashboardReaders> = {}): Promise<Dashboard> => {
    const dashboard = await startDashboard({
      readers: {
        months: () => readMonths(client),
        changes: () => readChanges(client),
        cards: async () => [card],
        lastPass: () => readLastPass(client),
        ledger: { read: async () => ledgerOf(clinics) },
        deadLetters: createDeadLetterReader({ client }),
        alarms: (limit) => openAlarmReader(client).readAlarms(limit),
        clinics: () => readClinics(client),
        film: (arrivalId) => readFilmPath(client, arrivalId),
        activations: () => [],
        ...readers,
      },
      dataDir,
      cacheDir: await tempDir({ after: undo }),
      port: undefined,
      threshold,
      version: 'test',
      now: () => new Date(nowMs),
      logger: silentLogger,
    })
    undo(dashboard.stop)
    return dashboard
  }
  return {
    client,
    pass,
    start,
    dataDir,
    /** Lets time pass for sessions and links. */
    skip: (ms: number): void => {
      nowMs += ms
    },
  }
}
