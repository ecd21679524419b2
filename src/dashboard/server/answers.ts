import { z } from 'zod'
import { alarmLifeSchema } from '../../contracts/alarm-life.ts'
import { changeSchema } from '../../contracts/change-report.ts'
import { instantSchema } from '../../contracts/identifiers.ts'
import { domainFiguresSchema } from '../../contracts/prevalence-figures.ts'
import {
  correctedCellSchema,
  missedCellSchema,
  projectedCellSchema,
  shareSchema,
} from '../disclosure/shown-figures.ts'
import { roleSchema } from '../sign-in/viewer.ts'

const cellShape = {
  people: z.int().min(0).optional(),
  osteoporosis: z.int().min(0).optional(),
  share: shareSchema,
  corrected: correctedCellSchema,
  missed: missedCellSchema,
}

const monthSchema = z.object({
  month: z.string(),
  provisional: z.boolean(),
  revision: z.int(),
  releasedAt: z.string(),
  modelDigests: z.array(z.string()),
  /** Missing where not all regions are within the viewer's scope. */
  all: z
    .object({
      ...cellShape,
      unread: z.int().min(0).optional(),
      projected: projectedCellSchema,
      bounds: z.object({ low: z.number(), high: z.number() }).optional(),
    })
    .optional(),
  regions: z.array(z.object({ region: z.string(), ...cellShape })),
})

export const domainSchema = domainFiguresSchema.shape.domain

/** Shares by month and region, raw and corrected, small numbers hidden. */
export const prevalenceSchema = z.object({
  domain: domainSchema,
  /** Domains of which there is something to see; each has pages of its own. */
  domains: z.array(domainSchema),
  label: z.string(),
  caption: z.string(),
  hiddenBelow: z.int(),
  asOf: instantSchema,
  stale: z.boolean(),
  months: z.array(monthSchema),
})
export type PrevalenceAnswer = z.infer<typeof prevalenceSchema>

const counts = z.record(z.string(), z.int())
const ledgerCountsShape = {
  received: z.int(),
  findings: z.int(),
  rejected: counts,
  deadLettered: counts,
  duplicates: z.int(),
  conflicts: z.int(),
  superseded: z.int(),
  erased: z.int(),
  inFlight: z.int(),
  lost: z.int(),
}

/** What became of every film within the viewer's scope. */
export const ledgerAnswerSchema = z.object({
  asOf: instantSchema,
  stale: z.boolean(),
  scope: z.string(),
  /** Of the whole engine; a clinic is told of its own films only. */
  balanced: z.boolean().optional(),
  doubled: z.int().optional(),
  unscreenedRecords: z.int().optional(),
  total: z.object(ledgerCountsShape),
  clinics: z.array(
    z.object({ siteId: z.string(), name: z.string(), region: z.string(), ...ledgerCountsShape }),
  ),
  /** By the UTC day of receipt. */
  days: z.array(z.object({ day: z.string(), read: z.int(), notRead: z.int() })),
  spools: z.array(z.object({ siteId: z.string(), highest: z.int(), missing: z.int(), withheld: z.int() })),
  faults: z.array(z.object({ kind: z.string(), siteId: z.string(), count: z.int() })),
  /** What a clinic is told of each reason. */
  advice: z.record(z.string(), z.string()),
})
export type LedgerAnswer = z.infer<typeof ledgerAnswerSchema>

export const alarmsAnswerSchema = z.object({
  asOf: instantSchema,
  stale: z.boolean(),
  alarms: z.array(alarmLifeSchema),
})
export type AlarmsAnswer = z.infer<typeof alarmsAnswerSchema>

/** A dead letter without the headers of its record. */
export const deadLettersAnswerSchema = z.object({
  asOf: instantSchema,
  stale: z.boolean(),
  deadLetters: z.array(
    z.object({
      arrivalId: z.string(),
      siteId: z.string(),
      receivedAt: z.string(),
      screenedAt: z.string(),
      attempt: z.int(),
      code: z.string(),
      detail: z.string(),
      size: z.int(),
      place: z.string(),
      attributed: z.boolean(),
    }),
  ),
})
export type DeadLettersAnswer = z.infer<typeof deadLettersAnswerSchema>

export const filmAnswerSchema = z.object({
  films: z.array(
    z.object({
      arrivalId: z.string(),
      siteId: z.string(),
      receivedAt: z.string(),
      sentAt: z.string(),
      appendedAt: z.string(),
      screenedAt: z.string(),
      outcome: z.string(),
      reason: z.string(),
      advice: z.string(),
      attempt: z.int(),
      place: z.string(),
      contentSha256: z.string(),
      contentSize: z.int(),
      finder: z.string(),
    }),
  ),
})
export type FilmAnswer = z.infer<typeof filmAnswerSchema>

export const modelsAnswerSchema = z.object({
  asOf: instantSchema,
  roles: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      role: z.string(),
      since: z.string(),
      weightsDigest: z.string(),
    }),
  ),
  history: z.array(
    z.object({
      at: z.string(),
      activeFrom: z.string(),
      package: z.string(),
      role: z.string(),
      who: z.string(),
      why: z.string(),
    }),
  ),
  checked: z.object({ kind: z.literal('no-answer'), reason: z.string(), detail: z.string() }),
})
export type ModelsAnswer = z.infer<typeof modelsAnswerSchema>

export const sessionAnswerSchema = z.object({
  who: z.string(),
  roles: z.array(roleSchema),
  regions: z.array(z.string()).optional(),
  clinics: z.array(z.string()),
  version: z.string(),
})
export type SessionAnswer = z.infer<typeof sessionAnswerSchema>

/** What the monitor says of changes from a month to the next. */
export const changesSchema = z.object({
  domain: domainSchema,
  label: z.string(),
  asOf: instantSchema,
  stale: z.boolean(),
  /** Judged, and not shown before the figures that it was judged on are. */
  waiting: z.int(),
  /** The latest month first. */
  changes: z.array(
    z.object({
      /** Empty for all regions together. */
      region: z.string(),
      month: z.string(),
      before: z.string(),
      verdict: changeSchema.shape.verdict,
      statement: z.string(),
      difference: shareSchema,
      witnesses: z.array(z.object({ name: z.string(), says: z.string(), detail: z.string() })),
      onset: z.string().optional(),
    }),
  ),
})
export type ChangesAnswer = z.infer<typeof changesSchema>

const ratioSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    estimate: z.number(),
    low: z.number(),
    high: z.number(),
    people: z.int(),
  }),
  z.object({ kind: z.literal('no-answer'), reason: z.string(), detail: z.string(), people: z.int() }),
])

/** What is known of how well the models read. */
export const performanceSchema = z.object({
  asOf: instantSchema,
  stale: z.boolean(),
  label: z.string(),
  /** What each package measured on its validation set, one class against the rest. */
  checks: z.array(
    z.object({
      model: z.string(),
      role: z.string(),
      set: z.string(),
      domain: z.string(),
      sites: z.int(),
      people: z.int(),
      classes: z.array(
        z.object({
          name: z.string(),
          sensitivity: ratioSchema,
          specificity: ratioSchema,
          ppv: ratioSchema,
          npv: ratioSchema,
        }),
      ),
    }),
  ),
  /** The month that is meant by what follows. */
  month: z.string().optional(),
  /** What the primary's check implies at the mix of that month. */
  projected: projectedCellSchema,
  missed: missedCellSchema,
})
export type PerformanceAnswer = z.infer<typeof performanceSchema>

/** The first page, in its order. */
export const overviewSchema = z.object({
  sentence: z.string(),
  caption: z.string(),
  domain: domainSchema.optional(),
  /** Domains of which there is something to see; each has pages of its own. */
  domains: z.array(domainSchema),
  /** What stands under every figure of the domain. */
  label: z.string().optional(),
  dataUntil: z.string().optional(),
  asOf: instantSchema,
  stale: z.boolean(),
  headline: z
    .object({
      month: z.string(),
      provisional: z.boolean(),
      unread: z.int().min(0).optional(),
      bounds: z.object({ low: z.number(), high: z.number() }).optional(),
      ...cellShape,
    })
    .optional(),
  attention: z.array(
    z.object({
      title: z.string(),
      text: z.string(),
      severity: z.enum(['critical', 'warning', 'info']),
      at: z.string().optional(),
      link: z.string(),
    }),
  ),
})
export type OverviewAnswer = z.infer<typeof overviewSchema>
