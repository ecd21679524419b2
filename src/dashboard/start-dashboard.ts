import { join } from 'node:path'
import { z } from 'zod'
import { writeDurably } from '../runtime/durable-file.ts'
import { SetupError, systemCodeOf } from '../runtime/errors.ts'
import { type Lifecycle, type Running, startParts } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { readIfThere } from '../runtime/read-if-there.ts'
import { openReleases } from './disclosure/keep-releases.ts'
import { createEventStream } from './live/event-stream.ts'
import { createSnapshots } from './live/snapshots.ts'
import { openWebApp, type WebApp } from './pages/web-app.ts'
import type { DashboardReaders } from './ports.ts'
import type { Api } from './server/api-types.ts'
import { openAuditLog } from './server/audit-log.ts'
import { createServer } from './server/create-server.ts'
import { dashboardFolderOf, loadDashboardKey } from './sign-in/dashboard-key.ts'
import { createLinkGate, createTickets, type Tickets } from './sign-in/tickets.ts'

export type DashboardOptions = {
  readonly readers: DashboardReaders
  readonly dataDir: string
  readonly cacheDir: string
  /** Unset takes that of the last start, or any free one. */
  readonly port: number | undefined
  readonly threshold: number
  readonly version: string
  readonly now: () => Date
  readonly logger: Logger
}

/** A dashboard that answers; links are made by whoever may read the data folder. */
export type Dashboard = Running & { readonly address: string; readonly tickets: Tickets }

const addressFile = (dataDir: string): string => join(dashboardFolderOf(dataDir), 'address.json')
const addressSchema = z.object({ port: z.int().min(1).max(65_535) })

/** The port of the dashboard that was started last on a data folder. */
export const lastPort = async (dataDir: string): Promise<number | undefined> => {
  const bytes = await readIfThere(addressFile(dataDir))
  return bytes === undefined ? undefined : addressSchema.parse(JSON.parse(bytes.toString('utf8'))).port
}

/** Where the dashboard stands on this machine. */
export const addressOf = (port: number): string => `http://127.0.0.1:${port}`

/** A link that signs in once; its secret is behind #, which no browser sends to a server or a log. */
export const signInLink = (address: string, ticket: string): string => `${address}/sign-in#${ticket}`

/** How often open pages are told how things stand. */
const liveEveryMs = 2000

const listen = async (
  app: Api,
  port: number | undefined,
  remembered: number | undefined,
): Promise<string> => {
  const at = (wanted: number): Promise<string> => app.listen({ host: '127.0.0.1', port: wanted })
  const inUse = (error: unknown): boolean => systemCodeOf(error) === 'EADDRINUSE'
  try {
    return await at(port ?? remembered ?? 0)
  } catch (error) {
    if (!inUse(error)) throw error
    if (port === undefined) return at(0)
    throw new SetupError(
      'PORT_IN_USE',
      `port ${port} of 127.0.0.1 (OSTEOSTREAM_DASHBOARD_PORT) is in use`,
      'end the program that listens there, or set OSTEOSTREAM_DASHBOARD_PORT to another port',
      { cause: error },
    )
  }
}

const start = async (options: DashboardOptions, web: WebApp, lifecycle: Lifecycle) => {
  const { readers, dataDir, threshold, now, logger } = options
  const startedAt = now()
  const tickets = createTickets(await loadDashboardKey(dataDir), now)
  const folder = dashboardFolderOf(dataDir)
  const releases = await openReleases({ path: join(folder, 'released.json'), threshold, now })
  const audit = openAuditLog(join(folder, 'audit.jsonl'), now, logger)
  lifecycle.add('audit log', audit.written)
  const stream = createEventStream({ everyMs: liveEveryMs, now, logger })
  const app = await createServer({
    ...options,
    snapshots: createSnapshots({ readers, releases, now, logger }),
    tickets,
    letIn: createLinkGate(tickets, startedAt),
    audit: audit.write,
    app: web,
    stream,
  })
  lifecycle.add('server', () => app.close())
  lifecycle.add('event stream', async () => stream.stop())
  const address = await listen(app, options.port, await lastPort(dataDir))
  const port = JSON.stringify({ port: Number(new URL(address).port) })
  await writeDurably(addressFile(dataDir), Buffer.from(port))
  return { address, tickets }
}

/** Starts the dashboard: the API and the pages, on the loopback interface alone. Throws SetupError PORT_IN_USE. */
export const startDashboard = (options: DashboardOptions): Promise<Dashboard> =>
  startParts(options.logger, async (lifecycle) => {
    const web = openWebApp(options)
    lifecycle.add('pages', web.stop)
    return start(options, web, lifecycle)
  })
