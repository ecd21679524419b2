import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import type { Running } from '../../runtime/lifecycle.ts'
import { type Address, listen } from '../listen.ts'
import { createServeWeb, type WebDeps } from './serve-web.ts'

export type WebServerOptions = WebDeps & {
  readonly address: Address
  readonly tls?: TlsOptions | undefined
  readonly idleMs: number
  /** A fault of the program. */
  readonly onCrash: (error: Error) => void
}

const connectionsPerRequest = 4
/** A request may take as long as this many silences. */
const requestIdles = 10

const limit = (server: Server, options: WebServerOptions): void => {
  server.maxConnections = connectionsPerRequest * options.mostRequests
  server.headersTimeout = options.idleMs
  server.requestTimeout = requestIdles * options.idleMs
  server.keepAliveTimeout = options.idleMs
  server.setTimeout(options.idleMs)
}

/** Starts the HTTP server of the gateway. Throws SetupError PORT_IN_USE or SETTING_INVALID. */
export const startWebServer = async (
  options: WebServerOptions,
): Promise<Running & { readonly port: number }> => {
  const serve = createServeWeb(options)
  const checkEvery = { connectionsCheckingInterval: Math.max(100, options.idleMs / 2) }
  const listener: Parameters<typeof createServer>[1] = (request, response) => {
    serve(request, response).catch((error: unknown) =>
      options.onCrash(error instanceof Error ? error : new Error(String(error))),
    )
  }
  const server: Server =
    options.tls === undefined
      ? createServer(checkEvery, listener)
      : createTlsServer({ ...checkEvery, ...options.tls }, listener)
  limit(server, options)
  const port = await listen(server, options.address)
  server.on('error', (error) => options.logger.error({ error: error.message }, 'web server'))
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
