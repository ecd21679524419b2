import { openAlarmReader } from '../analytics/pages/read-alarms.ts'
import { readChanges } from '../analytics/pages/read-changes.ts'
import { readClinics } from '../analytics/pages/read-clinics.ts'
import { readFilmPath } from '../analytics/pages/read-film-path.ts'
import { readLastPass } from '../analytics/pages/read-last-pass.ts'
import { readMonths } from '../analytics/pages/read-months.ts'
import { createDeadLetterReader } from '../analytics/stores/dead-letter-reader.ts'
import { followModels } from '../consumers/model-schedule.ts'
import { loadDashboardKey } from '../dashboard/sign-in/dashboard-key.ts'
import { createTickets } from '../dashboard/sign-in/tickets.ts'
import type { Viewer } from '../dashboard/sign-in/viewer.ts'
import {
  addressOf,
  type Dashboard,
  lastPort,
  signInLink,
  startDashboard,
} from '../dashboard/start-dashboard.ts'
import { SetupError } from '../runtime/errors.ts'
import { loadEngineKey } from './engine-key.ts'
import { openLedgerReader } from './measure-offsets.ts'
import type { Connections } from './open-engine.ts'
import { type Process, programVersion } from './open-process.ts'
import { readCards } from './read-cards.ts'

/** Whoever owns this machine sees all of it; a clinic's view takes a link of its own. */
export const owner: Viewer = {
  who: 'owner of this machine',
  roles: ['authority', 'operator', 'model-owner'],
  clinics: [],
}

/** Starts the dashboard of a running engine; it stops with the process. */
export const runDashboard = async (
  { settings, logger, lifecycle }: Process,
  { clickhouse, kafka, admin }: Connections,
  onCrash: (error: Error) => void,
): Promise<Dashboard> => {
  const engineKey = await loadEngineKey(settings)
  const models = await followModels({ consume: kafka.consume, admin, engineKey, logger, onCrash })
  lifecycle.add('model schedule of the dashboard', models.stop)
  const cards = (await readCards(settings, logger)).map(({ card }) => card)
  const dashboard = await startDashboard({
    readers: {
      months: () => readMonths(clickhouse),
      changes: () => readChanges(clickhouse),
      cards: async () => cards,
      lastPass: () => readLastPass(clickhouse),
      ledger: openLedgerReader({ admin, clickhouse }),
      deadLetters: createDeadLetterReader({ client: clickhouse }),
      alarms: (limit) => openAlarmReader(clickhouse).readAlarms(limit),
      clinics: () => readClinics(clickhouse),
      film: (arrivalId) => readFilmPath(clickhouse, arrivalId),
      activations: models.all,
    },
    dataDir: settings.dataDir,
    cacheDir: settings.cacheDir,
    port: settings.dashboardPort,
    threshold: settings.dashboardSmallestCount,
    version: programVersion,
    now: () => new Date(),
    logger,
  })
  lifecycle.add('dashboard', dashboard.stop)
  return dashboard
}

/** A one-time sign-in link to a dashboard that has just been started. */
export const linkTo = async ({ address, tickets }: Dashboard, viewer: Viewer): Promise<string> =>
  signInLink(address, await tickets.link(viewer))

/** A one-time sign-in link to the dashboard that runs on a data folder. Throws SetupError SERVICE_NOT_RUNNING. */
export const linkToRunning = async (dataDir: string, viewer: Viewer): Promise<string> => {
  const port = await lastPort(dataDir)
  if (port === undefined)
    throw new SetupError(
      'SERVICE_NOT_RUNNING',
      `no dashboard was ever started on ${dataDir}`,
      'start one: npm start -- dashboard (or up, or demo)',
    )
  const tickets = createTickets(await loadDashboardKey(dataDir), () => new Date())
  return signInLink(addressOf(port), await tickets.link(viewer))
}
