import { z } from 'zod'

const limits = { estimate: z.number(), low: z.number(), high: z.number() }
const figure = z.object(limits)
const noAnswer = z.object({ kind: z.literal('no-answer'), reason: z.string(), detail: z.string() })

/** A raw share with its limits, or why there is none. */
export const shareSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), ...limits }),
  noAnswer,
])

/** A corrected share with what must stand beside it, or why there is none. */
export const correctedCellSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    ...limits,
    limitedBy: z.string(),
    validationPeople: z.int(),
    validationSites: z.int(),
    warnings: z.array(z.string()),
  }),
  noAnswer,
])

/** What a check implies for the mix of a window, osteoporosis against the rest; or why nobody can say. */
export const projectedCellSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    sensitivity: z.number(),
    specificity: z.number(),
    ppv: z.number(),
    npv: z.number(),
  }),
  noAnswer,
])

/** People with osteoporosis, those whom the model calls so, and those whom it does not; or why nobody can say. */
export const missedCellSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), people: figure, flagged: figure, missed: figure }),
  noAnswer,
])
