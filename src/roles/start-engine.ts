import { migrate } from '../analytics/schema/migrate.ts'
import { registerSite, siteOf } from '../producers/register-site.ts'
import { createSiteKeys } from '../producers/site-keys.ts'
import { vouchingPublisher } from '../runtime/vouched-record.ts'
import { type EngineEvents, startServices } from './connect-services.ts'
import { createEngineKey } from './engine-key.ts'
import { blobStoreOf, expireFilms } from './film-store.ts'
import { keepLedgerWatched } from './keep-ledger-watched.ts'
import { type Connections, connect, roleDepsOf } from './open-engine.ts'
import type { Process } from './open-process.ts'
import { prepareTopics } from './prepare-engine.ts'
import { openServingShelf } from './serving-shelf.ts'
import { type RunningMonitor, startMonitor } from './start-monitor.ts'
import { type RoleDeps, startScreening } from './start-screening.ts'
import { startSink } from './start-sink.ts'

/** The clinic that is there from the first start, to try films on. */
export const demoSite = {
  siteId: 'demo',
  name: 'Demo clinic',
  region: 'Demo',
  timeZone: 'UTC',
  domain: 'real',
} as const

const registerDemoSite = async (process: Process, deps: RoleDeps): Promise<void> => {
  const connected = await deps.kafka.connectPublisher()
  const publisher = vouchingPublisher(connected, deps.engineKey)
  try {
    const keys = await createSiteKeys({ dataDir: process.settings.dataDir, siteId: demoSite.siteId })
    await registerSite({ publisher, now: () => new Date() }, siteOf(demoSite, keys))
  } finally {
    await connected.stop()
  }
}

/** Starts both loops side by side; where one fails, the other is stopped with the process. */
const startLoops = async (process: Process, deps: RoleDeps, connections: Connections): Promise<void> => {
  const starting = [
    startSink(deps, connections.clickhouse).then(({ stop }) => ({ name: 'sink', stop })),
    startScreening(deps, blobStoreOf(process)).then(({ stop }) => ({ name: 'screening', stop })),
  ]
  for (const end of await Promise.allSettled(starting))
    if (end.status === 'fulfilled') process.lifecycle.add(end.value.name, end.value.stop)
  await Promise.all(starting)
}

/** Figures can be made again from what is stored; films that wait cannot: they go on when the monitor has a fault. */
const goOnWithoutMonitor =
  ({ logger }: Process) =>
  (error: Error): void =>
    logger.error(
      { error: error.message, runbook: 'docs/runbook/services.md' },
      'the monitor has a fault: films go on, figures stand still',
    )

/**
 * Starts the services where they are embedded, brings schema and topics up to date, and starts the screening
 * loop, the sink loop and a monitor. Everything stops with the process's lifecycle, in reverse order.
 */
export const startEngine = async (
  process: Process,
  events: EngineEvents,
): Promise<Connections & { readonly monitor: RunningMonitor }> => {
  // What can be seen without services is looked at before they are started.
  await openServingShelf(process.settings, process.logger)
  const services = await startServices(process.settings, process.logger, process.lifecycle, events)
  // Not earlier: only now is the data folder known to be of use, and this engine's alone.
  await createEngineKey(process.settings)
  const connections = await connect(process, services)
  const applied = await migrate(connections.clickhouse)
  events.onProgress(applied.length === 0 ? 'schema is up to date' : `schema: applied ${applied.join(', ')}`)
  const deps = await roleDepsOf(process, connections.kafka, events.onCrash)
  await prepareTopics(deps, connections.admin)
  await registerDemoSite(process, deps)
  await startLoops(process, deps, connections)
  await keepLedgerWatched(process, connections)
  const monitor = await startMonitor({ ...deps, onCrash: goOnWithoutMonitor(process) }, connections)
  process.lifecycle.add('monitor', monitor.stop)
  expireFilms(process)
  events.onProgress('screening, sink and monitor are running')
  return { ...connections, monitor }
}
