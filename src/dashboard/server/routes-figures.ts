import { z } from 'zod'
import { standaloneSvg } from '../../figures/kit/standalone.ts'
import { type FigureView, ledgerView, regionsView, trendView } from '../../figures/views/figure-view.ts'
import type { Viewer } from '../sign-in/viewer.ts'
import { hasRole } from '../sign-in/viewer.ts'
import { answerLedger } from './answer-ledger.ts'
import { answerPrevalence } from './answer-prevalence.ts'
import { domainSchema } from './answers.ts'
import { type Api, type ApiDeps, refuseUnless, sendFile, viewerOf } from './api-types.ts'

const figureNames = ['trend', 'regions', 'ledger'] as const
const formats = ['svg', 'csv', 'json', 'metadata.json'] as const

const addressSchema = z.object({ name: z.enum(figureNames), format: z.enum(formats) })
const querySchema = z.object({
  domain: domainSchema.optional(),
  region: z.string().min(1).max(60).optional(),
  month: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .optional(),
})
type Query = z.infer<typeof querySchema>

/** A figure with everything that must travel with it. */
type MadeFigure = { readonly view: FigureView; readonly foot: readonly string[]; readonly asOf: string }

const prevalenceFigure = async (
  deps: ApiDeps,
  viewer: Viewer,
  name: 'trend' | 'regions',
  { region, month, domain }: Query,
): Promise<MadeFigure> => {
  refuseUnless(hasRole(viewer, 'authority'))
  const given = await answerPrevalence(deps, viewer, domain)
  const months = given.months
  const chosen =
    month === undefined
      ? (months.findLast(({ provisional }) => !provisional) ?? months.at(-1))
      : months.find((candidate) => candidate.month === month)
  return {
    view: name === 'trend' ? trendView(months, region) : regionsView(chosen),
    asOf: given.asOf,
    foot: [`${given.label}; counts below ${given.hiddenBelow} are hidden`, given.caption],
  }
}

const make = async (
  deps: ApiDeps,
  viewer: Viewer,
  name: (typeof figureNames)[number],
  query: Query,
): Promise<MadeFigure> => {
  if (name !== 'ledger') return prevalenceFigure(deps, viewer, name, query)
  const ledger = await answerLedger(deps, viewer)
  return {
    view: ledgerView(ledger.total, ledger.scope),
    asOf: ledger.asOf,
    foot: ['counts of films, not of people'],
  }
}

/** A cell of a CSV file; what a spreadsheet would take for a formula is text. */
const csvCell = (value: string | number): string => {
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const csvOf = ({ view, foot, asOf }: MadeFigure): string =>
  [
    `# ${view.title}`,
    `# ${view.caption}`,
    ...foot.map((line) => `# ${line}`),
    `# as of ${asOf}`,
    [...view.columns].map(csvCell).join(','),
    ...view.rows.map((row) => row.map(csvCell).join(',')),
    '',
  ].join('\n')

const metadataOf = ({ view, foot, asOf }: MadeFigure, version: string) => ({
  title: view.title,
  caption: view.caption,
  notes: foot,
  asOf,
  program: `osteostream ${version}`,
  licence: 'research use; not a medical device',
})

/** Every figure under a stable address: as a picture, as a table, as data, and what it rests on. */
export const figureRoutes = (app: Api, deps: ApiDeps): void => {
  app.get(
    '/figures/:name/figure.:format',
    {
      schema: {
        summary: 'a figure as SVG, CSV, JSON or its metadata',
        params: addressSchema,
        querystring: querySchema,
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request)
      const { name, format } = request.params
      const made = await make(deps, viewer, name, request.query)
      const { view, foot, asOf } = made
      if (format === 'csv') return sendFile(reply, 'text/csv; charset=utf-8', `${name}.csv`, csvOf(made))
      if (format === 'svg') {
        reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        const svg = standaloneSvg({
          title: view.title,
          subtitle: `as of ${asOf.slice(0, 16).replace('T', ' ')} UTC`,
          foot: [view.caption, ...foot],
          drawing: view.draw(name, 720),
        })
        return sendFile(reply, 'image/svg+xml', `${name}.svg`, svg)
      }
      const metadata = metadataOf(made, deps.version)
      const body = format === 'json' ? { ...metadata, columns: view.columns, rows: view.rows } : metadata
      return sendFile(reply, 'application/json', `${name}.${format}`, JSON.stringify(body))
    },
  )
}
