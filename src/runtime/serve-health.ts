import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { messageOf, SetupError, systemCodeOf } from './errors.ts'
import type { Health, HealthProblem } from './health.ts'
import type { Running } from './lifecycle.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

export type ServeHealthOptions = {
  /** The interface: 127.0.0.1 keeps it on this machine. */
  readonly host: string
  readonly port: number
  readonly health: Pick<Health, 'notLive' | 'notReady'>
  readonly metrics: Answer
}

const tell =
  (problemsOf: () => readonly HealthProblem[]): Answer =>
  (_request, response) => {
    const problems = problemsOf()
    response.writeHead(problems.length === 0 ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(problems.map(({ name, problem }) => `${name}: ${problem}\n`).join('') || 'ok\n')
  }

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const cannotServe = (host: string, port: number, error: unknown): SetupError => {
  const code = systemCodeOf(error)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new SetupError(
      'SETTING_INVALID',
      `no metrics on ${host} (OSTEOSTREAM_METRICS_HOST): it is no address of this machine`,
      'set OSTEOSTREAM_METRICS_HOST to one, to 0.0.0.0 for all, or unset it for this machine alone',
      { cause: error },
    )
  const isTaken = code === 'EADDRINUSE'
  return new SetupError(
    isTaken ? 'PORT_IN_USE' : 'SETTING_INVALID',
    `no metrics on port ${port} (OSTEOSTREAM_METRICS_PORT): ${isTaken ? 'it is in use' : messageOf(error)}`,
    'set OSTEOSTREAM_METRICS_PORT to another port, each process of a machine to its own, or unset it',
    { cause: error },
  )
}

/** Serves `/livez`, `/readyz` and `/metrics`. Throws SetupError PORT_IN_USE or SETTING_INVALID. */
export const serveHealth = async (options: ServeHealthOptions): Promise<Running> => {
  const pages: ReadonlyMap<string, Answer> = new Map([
    ['/livez', tell(options.health.notLive)],
    ['/readyz', tell(options.health.notReady)],
    ['/metrics', options.metrics],
  ])
  const server = createServer((request, response) => {
    const page = pages.get((request.url ?? '').split('?')[0] ?? '')
    if (page !== undefined && request.method === 'GET') return page(request, response)
    response.writeHead(page === undefined ? 404 : 405)
    response.end()
  })
  // A client that stays must not hold up the end of the process.
  server.keepAliveTimeout = 1000
  try {
    await listen(server, options.host, options.port)
  } catch (error) {
    throw cannotServe(options.host, options.port, error)
  }
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
