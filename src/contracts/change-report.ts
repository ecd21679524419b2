import { z } from 'zod'
import { figureDomains, figureSchema, noFigureSchema } from './prevalence-figures.ts'
import { windowSchema } from './report.ts'

/** What may be said of a change; the last two are no verdicts: nothing to explain, and not enough to say anything. */
export const changeWords = [
  'population-compatible',
  'imaging',
  'pipeline',
  'undetermined',
  'no-change-seen',
  'not-judged',
] as const
export type ChangeWord = (typeof changeWords)[number]

/** A witness and what it says of "the imaging or the reading changed, not the people". */
const witness = z.object({
  name: z.string(),
  says: z.enum(['for', 'against', 'does-not-exist-yet']),
  detail: z.string(),
})

/** A window of one domain against the window before. */
export const changeSchema = z.object({
  domain: z.enum(figureDomains),
  label: z.string(),
  before: windowSchema,
  /** People with a vote in the window before and in this one. */
  people: z.object({ before: z.int(), after: z.int() }),
  /** Difference of the corrected osteoporosis share, this window less the one before, with limits of its own. */
  difference: z.union([
    z.object({
      kind: z.literal('answer'),
      method: z.enum(['severity-aware', 'matrix']),
      ...figureSchema.shape,
    }),
    noFigureSchema,
  ]),
  verdict: z.enum(changeWords),
  /** Always shown with the verdict: why, what would look the same, who spoke, and what could have been seen. */
  statement: z.string(),
  witnesses: z.array(witness).readonly(),
  /** First day from which it may hold: that of the window. Absent where nothing changed. */
  onset: z.iso.date().optional(),
})
export type Change = z.infer<typeof changeSchema>

/** The method of reports on changes and its version. */
export const changeMethod = { method: 'change', methodVersion: 1 } as const

/** The body of a report of the method `change`. */
export const changeBodySchema = z.object({
  /** One entry for each domain that has people in either window. */
  changes: z.array(changeSchema).readonly(),
  /** Digests of the cards that may have corrected. */
  cards: z.array(z.string()).readonly(),
  /** Of the bootstraps. */
  seed: z.number(),
})
export type ChangeBody = z.infer<typeof changeBodySchema>
