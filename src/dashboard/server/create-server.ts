import { createHash, randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { EventStream } from '../live/event-stream.ts'
import { servePages } from '../pages/serve-pages.ts'
import type { WebApp } from '../pages/web-app.ts'
import { alarmsFor } from './alarms-for.ts'
import { answerLedger } from './answer-ledger.ts'
import { type Api, type ApiDeps, ApiProblem, viewerIfAny, viewerOf } from './api-types.ts'
import { createProblemHandler, sendProblem } from './problems.ts'
import { dataRoutes } from './routes-data.ts'
import { figureRoutes } from './routes-figures.ts'
import { followSessions, sessionRoutes } from './routes-session.ts'

export type ServerOptions = ApiDeps & { readonly app: WebApp; readonly stream: EventStream }

const policy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
  },
}

/** Names under which this machine calls itself: a page of elsewhere that points its own name here is refused. */
const ownNames = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/

/** Only this machine may ask, and only pages of this server may change anything. */
const refuseStrangers = (app: Api): void => {
  app.addHook('onRequest', async (request) => {
    if (!ownNames.test(request.headers.host ?? ''))
      throw new ApiProblem(421, 'WRONG_HOST', 'This server answers on this machine only.')
    if (request.method === 'GET' || request.method === 'HEAD') return
    const { origin } = request.headers
    const isOwn = origin === undefined || origin === `http://${request.headers.host}`
    if (!isOwn || request.headers['x-osteostream'] !== '1')
      throw new ApiProblem(403, 'NOT_FROM_HERE', 'Changes are taken from pages of this server only.')
  })
}

/** Answers 304 where the caller has the very same answer; made from what it may see, so it tells nothing else. */
const tagAnswers = (app: Api): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload
    const tag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
    reply.header('etag', tag)
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache')
    if (request.headers['if-none-match'] !== tag) return payload
    reply.status(304)
    return ''
  })
}

/** One line for each page of data that somebody opened; a page that is open asks again and again, and is written once a minute. */
const auditReads = (app: Api, { audit, now }: ApiDeps): void => {
  const written = new Map<string, number>()
  app.addHook('onResponse', async (request, reply) => {
    const viewer = viewerIfAny(request)
    const { url } = request.routeOptions
    if (viewer === undefined || url === undefined) return
    const key = `${viewer.who} ${request.url} ${reply.statusCode}`
    const minute = Math.floor(now().getTime() / 60_000)
    if (written.get(key) === minute) return
    if (written.size > 5000) written.clear()
    written.set(key, minute)
    audit({
      requestId: request.id,
      who: viewer.who,
      did: `${request.method} ${url}`,
      status: reply.statusCode,
    })
  })
}

const liveRoute = (app: Api, options: ServerOptions): void => {
  app.get(
    '/live',
    { schema: { summary: 'server-sent events: the state within your scope' } },
    async (request, reply) => {
      const viewer = viewerOf(request)
      const isAdded = options.stream.add(reply.raw, async () => {
        const { total, balanced, stale } = await answerLedger(options, viewer)
        const { alarms } = await alarmsFor(options, viewer)
        return {
          received: total.received,
          read: total.findings,
          inFlight: total.inFlight,
          lost: total.lost,
          balanced,
          stale,
          alarms: alarms.length,
        }
      })
      if (!isAdded)
        throw new ApiProblem(503, 'TOO_MANY_LISTENERS', 'Too many pages are open: try again soon.')
      return reply.hijack()
    },
  )
}

/** Creates the server: the API under /api/v1, and the pages. */
export const createServer = async (options: ServerOptions): Promise<Api> => {
  const app: Api = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(createProblemHandler(options.logger))
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, request, {
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is nothing at this address.',
    }),
  )
  await app.register(helmet, { contentSecurityPolicy: policy, strictTransportSecurity: false })
  await app.register(rateLimit, { max: 600, timeWindow: '1 minute' })
  await app.register(cookie)
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'osteostream', version: options.version } },
    transform: jsonSchemaTransform,
  })
  refuseStrangers(app)
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  followSessions(app, options)
  tagAnswers(app)
  auditReads(app, options)
  await app.register(
    async (api) => {
      const typed = api.withTypeProvider<ZodTypeProvider>()
      sessionRoutes(typed, options)
      dataRoutes(typed, options)
      figureRoutes(typed, options)
      liveRoute(typed, options)
      typed.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
    },
    { prefix: '/api/v1' },
  )
  servePages(app, options.app)
  return app
}
