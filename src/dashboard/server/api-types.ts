import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Logger } from '../../runtime/logger.ts'
import type { Snapshots } from '../live/snapshots.ts'
import type { DashboardReaders } from '../ports.ts'
import type { LinkGate, Tickets } from '../sign-in/tickets.ts'
import type { Viewer } from '../sign-in/viewer.ts'

/** The server with routes that are typed by their zod schemas. */
export type Api = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  import('fastify').FastifyBaseLogger,
  ZodTypeProvider
>

/** What the routes work with. */
export type ApiDeps = {
  readonly readers: DashboardReaders
  readonly snapshots: Snapshots
  readonly tickets: Tickets
  readonly letIn: LinkGate
  /** Counts below it are hidden. */
  readonly threshold: number
  readonly version: string
  readonly now: () => Date
  readonly logger: Logger
  /** Writes one line of who looked at what. */
  readonly audit: (line: Readonly<Record<string, string | number>>) => void
}

/** Something that the caller has to know, as a problem of RFC 9457. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
  }
}

const viewers = new WeakMap<FastifyRequest, Viewer>()

/** Notes who sends a request, once its cookie was opened. */
export const setViewer = (request: FastifyRequest, viewer: Viewer): void => void viewers.set(request, viewer)

/** Who sends a request, if anybody is known. */
export const viewerIfAny = (request: FastifyRequest): Viewer | undefined => viewers.get(request)

/** Who sends a request; throws 401 where nobody has signed in. */
export const viewerOf = (request: FastifyRequest): Viewer => {
  const viewer = viewers.get(request)
  if (viewer !== undefined) return viewer
  throw new ApiProblem(
    401,
    'SIGN_IN_NEEDED',
    'Sign in with a link from the terminal: npm start -- sign-in-link',
  )
}

/** Refuses whoever may not see something; it does not say whether it exists. */
export const refuseUnless = (may: boolean): void => {
  if (!may) throw new ApiProblem(403, 'NOT_YOURS', 'This page is not within what you may see.')
}

/** Sends a file that was made for this request. */
export const sendFile = (reply: FastifyReply, type: string, name: string, body: string): FastifyReply =>
  reply.header('content-type', type).header('content-disposition', `inline; filename="${name}"`).send(body)
