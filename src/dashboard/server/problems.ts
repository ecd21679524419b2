import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { isRetryable, messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { ApiProblem } from './api-types.ts'

type Told = { readonly status: number; readonly code: string; readonly detail: string }

const away =
  'A service of the engine does not answer. What you see is as of the time beside it; the page tries again by itself.'

const toldOf = (error: FastifyError | Error): Told => {
  if (error instanceof ApiProblem) return { status: error.status, code: error.code, detail: error.message }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [issue] = error.validation
    return {
      status: 400,
      code: 'BAD_REQUEST',
      detail: `${issue?.instancePath ?? ''} ${issue?.message ?? 'is not valid'}`.trim().slice(0, 200),
    }
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status === 429)
    return { status, code: 'TOO_MANY_REQUESTS', detail: 'Too many requests: wait a minute.' }
  if (status >= 400 && status < 500)
    return { status, code: 'BAD_REQUEST', detail: 'The request is not one that this address takes.' }
  if (isRetryable(error)) return { status: 503, code: 'SERVICE_AWAY', detail: away }
  return {
    status: 500,
    code: 'FAULT',
    detail: 'A fault of this program; the log has it under this request id.',
  }
}

/** Answers with a problem (RFC 9457): what a person can do, never what is inside. */
export const sendProblem = (reply: FastifyReply, request: FastifyRequest, told: Told): FastifyReply =>
  reply
    .status(told.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: told.code,
        status: told.status,
        detail: told.detail,
        requestId: request.id,
      }),
    )

/** Turns what routes throw into problems; a fault of the program goes into the log. */
export const createProblemHandler =
  (logger: Logger) =>
  (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const told = toldOf(error)
    if (told.status >= 500)
      logger.error(
        { requestId: request.id, route: request.routeOptions.url, error: messageOf(error) },
        'request failed',
      )
    return sendProblem(reply, request, told)
  }
