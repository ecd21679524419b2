import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Api } from '../server/api-types.ts'
import type { AppFile, WebApp } from './web-app.ts'

const waiting = (state: 'building' | 'ready' | 'failed'): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">${
    state === 'building' ? '<meta http-equiv="refresh" content="2">' : ''
  }<title>osteostream</title><h1>osteostream</h1><p>${
    state === 'building'
      ? 'The pages are being built; this happens once and takes some seconds. This page looks again by itself.'
      : 'The pages could not be built; the log says why. The API answers under /api/v1.'
  }</p></html>`

const send = (
  request: FastifyRequest,
  reply: FastifyReply,
  { bytes, zipped, type }: AppFile,
  cache: string,
) => {
  const takesGzip = (request.headers['accept-encoding'] ?? '').includes('gzip')
  if (takesGzip) reply.header('content-encoding', 'gzip')
  return reply
    .header('content-type', type)
    .header('cache-control', cache)
    .header('vary', 'accept-encoding')
    .send(takesGzip ? zipped : bytes)
}

/** Addresses of pages: one HTML file draws them all, so each can be opened, shared and reloaded. */
const pages = [
  '/',
  '/sign-in',
  '/regions',
  '/films',
  '/films/*',
  '/alarms',
  '/alarms/*',
  '/models',
  '/change',
  '/performance',
  '/about',
  '/how',
  '/how/*',
  '/clinic',
] as const

/** Serves the browser app from memory. */
export const servePages = (app: Api, web: WebApp): void => {
  for (const page of pages)
    app.get(page, { schema: { hide: true } }, async (request, reply) => {
      const index = web.file('/index.html')
      if (index !== undefined) return send(request, reply, index, 'no-cache')
      return reply
        .status(web.state() === 'building' ? 200 : 500)
        .header('content-type', 'text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(waiting(web.state()))
    })
  app.get('/assets/:name', { schema: { hide: true } }, async (request, reply) => {
    const file = web.file(request.url.split('?')[0] ?? '')
    // Names hold their digest: what has one never changes.
    if (file !== undefined) return send(request, reply, file, 'public, max-age=31536000, immutable')
    return reply.callNotFound()
  })
}
