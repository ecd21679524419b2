import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FilmInbox } from '../../contracts/film-inbox.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Telemetry } from '../../runtime/telemetry.ts'
import { clinicOfRequest } from '../clinics/clinic-registry.ts'
import type { ReadClinics } from '../clinics/clinics-file.ts'
import { peerOf } from '../listen.ts'
import { storeInstances } from './store-instances.ts'
import { stowResponse, stowStatus } from './stow-answer.ts'
import { takeUpload } from './take-upload.ts'

export type WebDeps = {
  readonly inbox: FilmInbox
  readonly clinics: ReadClinics
  readonly mostRequests: number
  readonly logger: Logger
  readonly telemetry: Telemetry
}

type Answer = {
  readonly status: number
  readonly body: object
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

const runbook = 'docs/gateway.md'

const problem = (status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: { error: detail },
  headers,
})

const tokenOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1]

/** The boundary of a multipart type (RFC 2046: at most 70 characters). */
const boundaryOf = (request: IncomingMessage, type: string): string | undefined => {
  const given = request.headers['content-type'] ?? ''
  if (!given.toLowerCase().startsWith(type)) return undefined
  return /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(given)?.slice(1).find(Boolean)
}

const store = async (deps: WebDeps, request: IncomingMessage, siteId: string): Promise<Answer> => {
  const boundary = boundaryOf(request, 'multipart/related')
  if (boundary === undefined)
    return problem(415, 'send multipart/related; type="application/dicom" with a boundary')
  const { end, instances } = await storeInstances(deps.inbox, request, { siteId, boundary })
  if (end !== 'whole')
    deps.logger.warn({ end, instances: instances.length, site: siteId, runbook }, 'request broke off')
  // What broke off is the sender's to send again; what was kept of it will be its duplicate.
  const status = end === 'whole' ? stowStatus(instances) : 400
  return { status, body: stowResponse(instances), type: 'application/dicom+json' }
}

const upload = async (deps: WebDeps, request: IncomingMessage, siteId: string): Promise<Answer> => {
  const boundary = boundaryOf(request, 'multipart/form-data')
  if (boundary === undefined) return problem(415, 'send multipart/form-data with the parts `note` and `film`')
  const answer = await takeUpload(deps.inbox, request, { siteId, boundary })
  if (answer.kind === 'wrong') return problem(400, answer.detail)
  if (answer.kind === 'kept')
    return { status: 200, body: { arrivalId: answer.arrivalId, receivedAt: answer.receivedAt } }
  if (answer.why === 'FILM_ENDLESS') return problem(413, 'the film is too large to be looked at')
  return problem(507, `nothing was kept (${answer.why}): send it again later`, { 'retry-after': '60' })
}

type Route = (deps: WebDeps, request: IncomingMessage, siteId: string) => Promise<Answer>

/** DICOMweb has a study behind its path, which says nothing here. */
const routeOf = (path: string): Route | undefined => {
  if (/^\/dicom-web\/studies(?:\/[0-9.]{1,64})?$/.test(path)) return store
  return path === '/films' ? upload : undefined
}

const answerTo = async (deps: WebDeps, request: IncomingMessage): Promise<Answer> => {
  const route = routeOf((request.url ?? '').split('?')[0] ?? '')
  if (route === undefined) return problem(404, 'POST /dicom-web/studies (STOW-RS) or /films')
  if (request.method !== 'POST') return problem(405, 'POST films here', { allow: 'POST' })
  const siteId = clinicOfRequest(await deps.clinics(), tokenOf(request), peerOf(request.socket))
  if (siteId === undefined)
    return problem(401, 'show the bearer token or the certificate of a clinic', {
      'www-authenticate': 'Bearer',
    })
  return route(deps, request, siteId)
}

const send = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  if (response.destroyed) return
  // A body that was not read to its end must not be taken for the next request.
  const isRead = request.complete
  response.writeHead(answer.status, {
    'content-type': answer.type ?? 'application/json',
    'cache-control': 'no-store',
    ...(isRead ? {} : { connection: 'close' }),
    ...answer.headers,
  })
  response.end(JSON.stringify(answer.body))
  if (!isRead) request.resume()
}

/** Creates what answers HTTP requests: STOW-RS and upload, as many at once as may be. */
export const createServeWeb = (deps: WebDeps) => {
  const requests = deps.telemetry.meter.createCounter('gateway_http_requests_total')
  let open = 0
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (open >= deps.mostRequests)
      return send(request, response, problem(503, 'too many requests at once', { 'retry-after': '5' }))
    open += 1
    try {
      const answer = await answerTo(deps, request)
      requests.add(1, { status: String(answer.status) })
      if (answer.status >= 400) deps.logger.warn({ status: answer.status, runbook }, 'request refused')
      send(request, response, answer)
    } finally {
      open -= 1
    }
  }
}
