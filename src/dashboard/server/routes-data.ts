import { z } from 'zod'
import type { DeadLetter } from '../../contracts/dead-letter.ts'
import { recordPointerOf, siteIdSchema } from '../../contracts/identifiers.ts'
import { rolesAt } from '../../contracts/model-activation.ts'
import { hasRole, seesClinic } from '../sign-in/viewer.ts'
import { refusalTextOf } from './advice.ts'
import { alarmsFor } from './alarms-for.ts'
import { answerChanges } from './answer-changes.ts'
import { answerLedger } from './answer-ledger.ts'
import { answerOverview } from './answer-overview.ts'
import { answerPerformance } from './answer-performance.ts'
import { answerPrevalence } from './answer-prevalence.ts'
import {
  alarmsAnswerSchema,
  changesSchema,
  deadLettersAnswerSchema,
  domainSchema,
  filmAnswerSchema,
  ledgerAnswerSchema,
  modelsAnswerSchema,
  overviewSchema,
  performanceSchema,
  prevalenceSchema,
} from './answers.ts'
import { type Api, type ApiDeps, ApiProblem, refuseUnless, viewerOf } from './api-types.ts'

const figuresRoutes = (app: Api, deps: ApiDeps): void => {
  app.get(
    '/overview',
    {
      schema: {
        summary: 'the first page',
        querystring: z.object({ domain: domainSchema.optional() }),
        response: { 200: overviewSchema },
      },
    },
    async (request) => answerOverview(deps, viewerOf(request), request.query.domain),
  )
  app.get(
    '/changes',
    {
      schema: {
        summary: 'what the monitor says of changes, the latest month first',
        querystring: z.object({ domain: domainSchema.optional() }),
        response: { 200: changesSchema },
      },
    },
    async (request) => {
      const viewer = viewerOf(request)
      refuseUnless(hasRole(viewer, 'authority', 'model-owner'))
      return answerChanges(deps, viewer, request.query.domain)
    },
  )
  app.get(
    '/performance',
    {
      schema: {
        summary: 'what is known of how well the models read',
        querystring: z.object({ domain: domainSchema.optional() }),
        response: { 200: performanceSchema },
      },
    },
    async (request) => {
      const viewer = viewerOf(request)
      refuseUnless(hasRole(viewer, 'authority', 'model-owner'))
      return answerPerformance(deps, viewer, request.query.domain)
    },
  )
  app.get(
    '/prevalence',
    {
      schema: {
        summary: 'shares by month and region, raw and corrected, small numbers hidden',
        querystring: z.object({ domain: domainSchema.optional() }),
        response: { 200: prevalenceSchema },
      },
    },
    async (request) => {
      const viewer = viewerOf(request)
      refuseUnless(hasRole(viewer, 'authority'))
      return answerPrevalence(deps, viewer, request.query.domain)
    },
  )
}

/** A dead letter without the headers of its record. */
const deadLetterOf = ({ image, ...letter }: DeadLetter) => ({
  arrivalId: letter.arrivalId,
  siteId: letter.siteId,
  receivedAt: letter.receivedAt,
  screenedAt: letter.screenedAt,
  attempt: letter.attempt,
  code: letter.code,
  detail: letter.detail,
  size: letter.size,
  place: recordPointerOf(image),
  attributed: letter.attributed,
})

const filmRoutes = (app: Api, deps: ApiDeps): void => {
  app.get(
    '/ledger',
    {
      schema: {
        summary: 'what became of every film',
        querystring: z.object({ clinic: siteIdSchema.optional() }),
        response: { 200: ledgerAnswerSchema },
      },
    },
    async (request) => answerLedger(deps, viewerOf(request), request.query.clinic),
  )
  app.get(
    '/films/:arrivalId',
    {
      schema: {
        summary: 'the way of one film',
        params: z.object({ arrivalId: z.uuid() }),
        response: { 200: filmAnswerSchema },
      },
    },
    async (request) => {
      const viewer = viewerOf(request)
      refuseUnless(hasRole(viewer, 'operator', 'clinic'))
      const found = await deps.readers.film(request.params.arrivalId)
      const mine = found.filter(({ siteId }) => seesClinic(viewer, siteId))
      deps.audit({ who: viewer.who, did: 'looked up a film', arrivalId: request.params.arrivalId })
      // Whether another clinic has it is not told: not there and not yours are one answer.
      if (mine.length === 0) throw new ApiProblem(404, 'NOT_FOUND', 'No film of yours has this arrival id.')
      return { films: mine.map((film) => ({ ...film, advice: refusalTextOf(film.reason) })) }
    },
  )
  app.get(
    '/dead-letters',
    {
      schema: {
        summary: 'films that could not be opened',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
        response: { 200: deadLettersAnswerSchema },
      },
    },
    async (request) => {
      const viewer = viewerOf(request)
      refuseUnless(hasRole(viewer, 'operator', 'clinic'))
      const { value, asOf, isStale } = await deps.snapshots.deadLetters()
      const mine = value.filter(({ siteId }) => seesClinic(viewer, siteId)).slice(0, request.query.limit)
      return {
        asOf,
        stale: isStale,
        deadLetters: mine.map(deadLetterOf),
      }
    },
  )
}

const engineRoutes = (app: Api, deps: ApiDeps): void => {
  app.get(
    '/alarms',
    { schema: { summary: 'alarms within your scope', response: { 200: alarmsAnswerSchema } } },
    async (request) => alarmsFor(deps, viewerOf(request)),
  )
  app.get(
    '/models',
    {
      schema: {
        summary: 'which model reads in which role since when',
        response: { 200: modelsAnswerSchema },
      },
    },
    async (request) => {
      refuseUnless(hasRole(viewerOf(request), 'authority', 'model-owner', 'operator'))
      const activations = deps.readers.activations()
      const instant = deps.now().toISOString()
      return {
        asOf: instant,
        roles: [...rolesAt(activations, instant).values()].map(({ model, role, activeFrom }) => ({
          name: model.name,
          version: model.version,
          role,
          since: activeFrom,
          weightsDigest: model.weightsDigest,
        })),
        history: activations
          .toSorted((a, b) => (a.at < b.at ? 1 : -1))
          .map((given) => {
            const named = given.role === 'finder' ? given.finder : given.model
            const { at, activeFrom, role, who, why } = given
            return { at, activeFrom, package: `${named.name}@${named.version}`, role, who, why }
          }),
        checked: {
          kind: 'no-answer',
          reason: 'not-checked',
          detail:
            'not yet checked against DXA: what the packages measured on simulated films stands in docs/validation.md',
        },
      } as const
    },
  )
}

/** The addresses that pages read. */
export const dataRoutes = (app: Api, deps: ApiDeps): void => {
  figuresRoutes(app, deps)
  filmRoutes(app, deps)
  engineRoutes(app, deps)
}
