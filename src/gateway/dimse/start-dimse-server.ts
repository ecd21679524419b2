import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { FilmInbox } from '../../contracts/film-inbox.ts'
import type { Running } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Telemetry } from '../../runtime/telemetry.ts'
import { clinicOfAeTitle, type Peer } from '../clinics/clinic-registry.ts'
import type { ReadClinics } from '../clinics/clinics-file.ts'
import { type Address, listen, peerOf } from '../listen.ts'
import { type AssociationRequest, serveAssociation } from './dimse-scp.ts'
import type { Rejection } from './negotiation.ts'
import { createReceiveObject, type StoreOutcome } from './receive-object.ts'

export type DimseServerOptions = {
  readonly address: Address
  readonly tls?: TlsOptions | undefined
  readonly aeTitle: string
  readonly inbox: FilmInbox
  readonly clinics: ReadClinics
  /** The clinic of every calling AE title, where no registry is kept. */
  readonly anyAeTitle?: ((peer: Peer) => Promise<string | undefined>) | undefined
  readonly mostAssociations: number
  readonly idleMs: number
  readonly logger: Logger
  readonly telemetry: Telemetry
}

/** Connections that have not said who they are, for each association that may be. */
const connectionsPerAssociation = 4
/** A film may take as long as this many silences. */
const filmIdles = 10
const runbook = 'docs/gateway.md'

const instrumentsOf = ({ meter }: Telemetry) => ({
  associations: meter.createCounter('gateway_associations_total'),
  objects: meter.createCounter('gateway_dicom_objects_total'),
})

/** A title as the log shows it: strangers choose it. */
const shown = (aeTitle: string): string => aeTitle.replace(/[^\x20-\x7e]/g, '?').slice(0, 16)

type State = { associations: number; isStopping: boolean; readonly open: Set<{ abort: () => void }> }

type Caller = { siteId: string | undefined; isCounted: boolean }

const createAdmit =
  (options: DimseServerOptions, state: State, peer: Peer, caller: Caller) =>
  async ({ calledAe, callingAe }: AssociationRequest): Promise<Rejection | undefined> => {
    if (state.isStopping) return 'STOPPING'
    if (calledAe.trim() !== options.aeTitle) return 'CALLED_AE_UNKNOWN'
    caller.siteId =
      clinicOfAeTitle(await options.clinics(), callingAe, peer) ?? (await options.anyAeTitle?.(peer))
    if (caller.siteId === undefined) return 'CALLING_AE_UNKNOWN'
    if (state.associations >= options.mostAssociations) return 'TOO_MANY_ASSOCIATIONS'
    caller.isCounted = true
    state.associations += 1
    return undefined
  }

const createServe = (options: DimseServerOptions, state: State) => {
  const { logger, inbox } = options
  const instruments = instrumentsOf(options.telemetry)
  const told = (outcome: StoreOutcome): void => {
    instruments.objects.add(1, { status: outcome.status })
    if (outcome.status !== 'success')
      logger.warn({ status: outcome.status, why: outcome.why, runbook }, 'object not taken')
  }
  return (socket: Socket): void => {
    const peer = peerOf(socket)
    const caller: Caller = { siteId: undefined, isCounted: false }
    const admit = createAdmit(options, state, peer, caller)
    const served = serveAssociation(
      socket,
      {
        admit: async (asked) => {
          const rejection = await admit(asked)
          instruments.associations.add(1, { answer: rejection ?? 'accepted' })
          if (rejection !== undefined)
            logger.warn(
              { rejection, calling: shown(asked.callingAe), called: shown(asked.calledAe), runbook },
              'association rejected',
            )
          return rejection
        },
        store: (request) => createReceiveObject({ inbox, siteId: caller.siteId ?? '', told })(request),
        ended: (fault) => {
          state.open.delete(served)
          if (caller.isCounted) state.associations -= 1
          if (fault !== undefined) logger.warn({ fault, site: caller.siteId, runbook }, 'association cut')
        },
      },
      { idleMs: options.idleMs, filmMs: filmIdles * options.idleMs },
    )
    state.open.add(served)
  }
}

const serverFor = (options: DimseServerOptions, serve: (socket: Socket) => void): Server => {
  const server =
    options.tls === undefined
      ? createServer(serve)
      : createTlsServer({ ...options.tls, handshakeTimeout: options.idleMs }, serve)
  server.maxConnections = connectionsPerAssociation * options.mostAssociations
  server.on('tlsClientError', (error: Error) =>
    options.logger.warn({ error: error.message, runbook }, 'client not let in'),
  )
  return server
}

/**
 * Starts the DICOM server: C-ECHO, and C-STORE into the inbox. Storage Commitment, query and everything else is refused in
 * the negotiation. Throws SetupError PORT_IN_USE or SETTING_INVALID.
 */
export const startDimseServer = async (
  options: DimseServerOptions,
): Promise<Running & { readonly port: number }> => {
  const state: State = { associations: 0, isStopping: false, open: new Set() }
  options.telemetry.meter
    .createObservableGauge('gateway_associations')
    .addCallback((result) => result.observe(state.associations))
  const server = serverFor(options, createServe(options, state))
  const port = await listen(server, options.address)
  server.on('error', (error) => options.logger.error({ error: error.message, runbook }, 'DICOM server'))
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        state.isStopping = true
        server.close(() => resolve())
        for (const association of state.open) association.abort()
      }),
  }
}
