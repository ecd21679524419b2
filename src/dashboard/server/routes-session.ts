import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { idleMinutes } from '../sign-in/tickets.ts'
import type { Viewer } from '../sign-in/viewer.ts'
import { sessionAnswerSchema } from './answers.ts'
import { type Api, type ApiDeps, ApiProblem, setViewer, viewerOf } from './api-types.ts'

/** The cookie of a session: not for scripts, not for other sites. */
export const sessionCookie = 'osteostream_session'

const giveCookie = (reply: FastifyReply, ticket: string): void =>
  void reply.setCookie(sessionCookie, ticket, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    maxAge: idleMinutes * 60,
  })

const sessionAnswer = (viewer: Viewer, version: string) => ({
  who: viewer.who,
  roles: viewer.roles,
  ...(viewer.regions === undefined ? {} : { regions: viewer.regions }),
  clinics: viewer.clinics,
  version,
})

/** Opens the cookie of each request; one in use lives on, until the session has lasted as long as it may. */
export const followSessions = (app: Api, { tickets, now }: ApiDeps): void => {
  app.addHook('onRequest', async (request, reply) => {
    const ticket = request.cookies[sessionCookie]
    if (ticket === undefined) return
    const session = await tickets.openSession(ticket)
    if (session === undefined) return
    setViewer(request, session.viewer)
    const ageSeconds = now().getTime() / 1000 - session.iat
    if (ageSeconds > 60) giveCookie(reply, await tickets.session(session.viewer, session.began))
  })
}

/** Signing in by a link from the terminal, and out. */
export const sessionRoutes = (app: Api, deps: ApiDeps): void => {
  app.post(
    '/session',
    {
      schema: {
        summary: 'sign in with the secret of a one-time link',
        body: z.object({ ticket: z.string().min(1).max(4000) }),
        response: { 200: sessionAnswerSchema },
      },
      config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
    },
    async (request, reply) => {
      const viewer = await deps.letIn(request.body.ticket)
      if (viewer === undefined)
        throw new ApiProblem(
          401,
          'LINK_NOT_VALID',
          'This link was used already or is over. Get another: npm start -- sign-in-link',
        )
      giveCookie(reply, await deps.tickets.session(viewer))
      deps.audit({ who: viewer.who, did: 'signed in' })
      return sessionAnswer(viewer, deps.version)
    },
  )
  app.get(
    '/session',
    { schema: { summary: 'who is signed in', response: { 200: sessionAnswerSchema } } },
    async (request) => sessionAnswer(viewerOf(request), deps.version),
  )
  app.delete('/session', { schema: { summary: 'sign out' } }, async (_request, reply) => {
    reply.clearCookie(sessionCookie, { path: '/' })
    return reply.status(204).send()
  })
}
