import { join } from 'node:path'
import { createThreadGate } from '../producers/gate-in-thread.ts'
import type { Keyring } from '../producers/publish-arrival.ts'
import { loadSiteKeys } from '../producers/site-keys.ts'
import { startFilmIntake } from '../producers/start-film-intake.ts'
import { blobStoreOf } from './film-store.ts'
import type { Connections } from './open-engine.ts'
import type { Process } from './open-process.ts'

/** Starts the intake of the clinics whose keys are on this machine, and publishes what an earlier process left. */
export const startIntake = async (
  process: Process,
  connections: Pick<Connections, 'kafka'>,
  keysOf?: Keyring,
) => {
  const { settings, logger, telemetry, lifecycle } = process
  const publisher = await connections.kafka.connectPublisher()
  lifecycle.add('film publisher', publisher.stop)
  const { gate, stop } = createThreadGate({ logger })
  lifecycle.add('film gate', stop)
  const intake = await startFilmIntake({
    spoolFolder: join(settings.dataDir, 'spool'),
    gate,
    publisher,
    blobs: blobStoreOf(process),
    keysOf: keysOf ?? ((siteId) => loadSiteKeys({ dataDir: settings.dataDir, siteId })),
    telemetry,
    logger,
    now: () => new Date(),
  })
  lifecycle.add('film intake', intake.stop)
  return { intake, publisher }
}
