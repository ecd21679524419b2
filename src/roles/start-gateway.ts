import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { choosePorts } from '../embedded/free-port.ts'
import {
  type ClinicEntry,
  clinicEntrySchema,
  isLoopback,
  type Peer,
} from '../gateway/clinics/clinic-registry.ts'
import { followClinicsFile } from '../gateway/clinics/clinics-file.ts'
import { startDimseServer } from '../gateway/dimse/start-dimse-server.ts'
import { type TlsFiles, tlsOptions } from '../gateway/listen.ts'
import { startWebServer } from '../gateway/web/start-web-server.ts'
import { inboxFolder, openInboxKey } from '../producers/inbox/inbox-key.ts'
import { startInbox } from '../producers/inbox/start-inbox.ts'
import { followOptOuts } from '../producers/opt-out.ts'
import { loadSiteKeys } from '../producers/site-keys.ts'
import type { Settings } from '../runtime/config.ts'
import { createDurably } from '../runtime/durable-file.ts'
import { SetupError } from '../runtime/errors.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { blobStoreOf } from './film-store.ts'
import type { Connections } from './open-engine.ts'
import type { Process } from './open-process.ts'

/** What a person needs to send to the gateway. */
export type RunningGateway = {
  readonly host: string
  readonly aeTitle: string
  readonly dicomPort: number
  /** Of DICOMweb and upload: `http://host:port`, or `https` with TLS. */
  readonly webAddress: string
  /** Where the token of the demo clinic lies; only while no clinics are registered. */
  readonly demoTokenFile: string | undefined
}

/** The file of the clinics. */
export const clinicsFileOf = ({
  gatewayClinics,
  dataDir,
}: Pick<Settings, 'gatewayClinics' | 'dataDir'>): string =>
  gatewayClinics ?? join(dataDir, 'gateway', 'clinics.json')

const tlsFilesOf = (settings: Settings): TlsFiles | undefined => {
  const { gatewayTlsKey: key, gatewayTlsCert: cert, gatewayTlsCa: ca, gatewayTlsCrl: crl } = settings
  if (key === undefined && cert === undefined && ca === undefined && crl === undefined) return undefined
  if (key !== undefined && cert !== undefined) return { key, cert, ca, crl }
  throw new SetupError(
    'SETTING_INVALID',
    'TLS of the gateway needs OSTEOSTREAM_GATEWAY_TLS_KEY and OSTEOSTREAM_GATEWAY_TLS_CERT',
    'set both to files in PEM, or none of OSTEOSTREAM_GATEWAY_TLS_*',
  )
}

const demoTokenFileOf = (dataDir: string): string => join(dataDir, 'gateway', 'demo.token')

/** Until clinics are registered, this machine alone may send, as the clinic that is there from the first start. */
const demoClinic = async (dataDir: string, siteId: string): Promise<ClinicEntry> => {
  const file = demoTokenFileOf(dataDir)
  await createDurably(file, Buffer.from(`${randomBytes(32).toString('base64url')}\n`))
  const token = (await readFile(file, 'utf8')).trim()
  return clinicEntrySchema.parse({
    clinic: siteId,
    tokens: [sha256Of(token)],
    addresses: ['127.0.0.1', '::1'],
  })
}

const openClinics = async (process: Process, siteId: string) => {
  const { settings, logger } = process
  const fallback = await demoClinic(settings.dataDir, siteId)
  const read = await followClinicsFile({ file: clinicsFileOf(settings), fallback: [fallback], logger })
  const isDemo = async (): Promise<boolean> => (await read()).includes(fallback)
  return { read, isDemo, fallback }
}

const megabyte = 1024 * 1024

const openInbox = async (
  process: Process,
  connections: Pick<Connections, 'kafka'>,
  onCrash: (error: Error) => void,
) => {
  const { settings, logger, telemetry, lifecycle } = process
  const key = await openInboxKey(settings)
  const publisher = await connections.kafka.connectPublisher()
  lifecycle.add('gateway publisher', publisher.stop)
  const inbox = await startInbox({
    folder: inboxFolder(settings.dataDir),
    key,
    quotaBytes: settings.gatewayQuotaMb * megabyte,
    workers: settings.gatewayWorkers,
    lateAfterS: settings.gatewayLateAfterS,
    publisher,
    blobs: blobStoreOf(process),
    keysOf: (siteId) => loadSiteKeys({ dataDir: settings.dataDir, siteId }),
    isOptedOut: followOptOuts(settings.dataDir),
    onCrash,
    telemetry,
    logger,
    now: () => new Date(),
  })
  lifecycle.add('gateway inbox', inbox.stop)
  return inbox
}

type Opened = {
  readonly inbox: Awaited<ReturnType<typeof openInbox>>
  readonly clinics: Awaited<ReturnType<typeof openClinics>>
  readonly ports: { readonly dicom: number; readonly http: number }
  readonly tls: Awaited<ReturnType<typeof tlsOptions>> | undefined
}

type GatewayOptions = { readonly demoSiteId: string; readonly onCrash: (error: Error) => void }

const startServers = async (process: Process, opened: Opened, options: GatewayOptions) => {
  const { settings, logger, telemetry, lifecycle } = process
  const { inbox, clinics, ports, tls } = opened
  const host = settings.gatewayHost
  const common = {
    tls,
    inbox,
    clinics: clinics.read,
    idleMs: settings.gatewayIdleS * 1000,
    logger,
    telemetry,
  }
  const dimse = await startDimseServer({
    ...common,
    address: { host, port: ports.dicom, portSetting: 'OSTEOSTREAM_GATEWAY_DICOM_PORT' },
    aeTitle: settings.gatewayAeTitle,
    anyAeTitle: async (peer: Peer) =>
      isLoopback(peer.address) && (await clinics.isDemo()) ? options.demoSiteId : undefined,
    mostAssociations: settings.gatewayAssociations,
  })
  lifecycle.add('DICOM server', dimse.stop)
  const web = await startWebServer({
    ...common,
    address: { host, port: ports.http, portSetting: 'OSTEOSTREAM_GATEWAY_HTTP_PORT' },
    mostRequests: settings.gatewayAssociations,
    onCrash: options.onCrash,
  })
  lifecycle.add('web server', web.stop)
  return {
    dicomPort: dimse.port,
    webAddress: `${tls === undefined ? 'http' : 'https'}://${host}:${web.port}`,
  }
}

/**
 * Starts the clinic gateway: the inbox with what is left in it, then what listens. It stops in reverse: nothing comes in any
 * more, the films in hand end, the rest waits for the next start. Throws SetupError for what a person can mend.
 */
export const startGateway = async (
  process: Process,
  connections: Pick<Connections, 'kafka'>,
  options: GatewayOptions,
): Promise<RunningGateway> => {
  const { settings, logger } = process
  const files = tlsFilesOf(settings)
  const tls = files === undefined ? undefined : await tlsOptions(files)
  const clinics = await openClinics(process, options.demoSiteId)
  const inbox = await openInbox(process, connections, options.onCrash)
  const left = await inbox.resume()
  if (left > 0) logger.info({ films: left }, 'inbox resumed')
  const [dicom = 0, http = 0] = await choosePorts(join(settings.dataDir, 'gateway', 'ports.json'), [
    settings.gatewayDicomPort,
    settings.gatewayHttpPort,
  ])
  const servers = await startServers(process, { inbox, clinics, ports: { dicom, http }, tls }, options)
  return {
    host: settings.gatewayHost,
    aeTitle: settings.gatewayAeTitle,
    ...servers,
    demoTokenFile: (await clinics.isDemo()) ? demoTokenFileOf(settings.dataDir) : undefined,
  }
}
