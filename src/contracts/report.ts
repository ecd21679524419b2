import { z } from 'zod'
import { instantSchema, offsetSchema, sha256Schema } from './identifiers.ts'

/** What a report is about: everybody, a region, a clinic, or the films of a maker. */
export const scopeKinds = ['all', 'region', 'site', 'maker'] as const
export const scopeSchema = z.object({ kind: z.enum(scopeKinds), id: z.string().max(64) })
export type ReportScope = z.infer<typeof scopeSchema>

/** An ISO week or a month by the day of the exposure; `start` is its first day. */
export const windowSchema = z.object({ kind: z.enum(['week', 'month']), start: z.iso.date() })
export type ReportWindow = z.infer<typeof windowSchema>

const body = z.record(z.string(), z.json())

/** One revision of what the monitor says of a scope and a window by a method; never overwritten. */
export const reportSchema = z.object({
  /** HMAC of everything that went in: the same inputs give the same id. */
  reportId: sha256Schema,
  scope: scopeSchema,
  window: windowSchema,
  method: z.string().regex(/^[a-z-]{1,40}$/),
  methodVersion: z.int().min(1).max(65_535),
  /** 1 at first; late data make a further one. */
  revision: z
    .int()
    .min(1)
    .max(2 ** 32 - 1),
  /** Until where the topics were read: one offset for each partition, and the generation of the tables. */
  cut: z.object({
    topics: z.array(z.object({ topic: z.string(), offsets: z.array(offsetSchema) })),
    generation: z.int().min(0),
  }),
  provisional: z.boolean(),
  madeAt: instantSchema,
  /** The figures, as the method states them. */
  body,
})
export type Report = z.infer<typeof reportSchema>
export const reportEventType = 'org.osteostream.report.v1'

/** The record key of a report: scope, window and method. */
export const reportKeyOf = ({ scope, window, method }: Pick<Report, 'scope' | 'window' | 'method'>): string =>
  [scope.kind, scope.id, window.kind, window.start, method].join('|')
