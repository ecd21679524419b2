import { z } from 'zod'

/**
 * Whose figures they are: simulated people or real ones whose films were read here, or the drawn people of a history, who are
 * simulated too and stand with nobody else.
 */
export const figureDomains = ['synthetic', 'real', 'history'] as const
export type FigureDomain = (typeof figureDomains)[number]

/** Where the people of figures come from: a card must be of the same. */
export const originOf = (domain: FigureDomain): 'synthetic' | 'real' =>
  domain === 'real' ? 'real' : 'synthetic'

/** An estimate with its 95 % limits, rounded to millionths: equal inputs give equal bytes. */
export const figureSchema = z.object({ estimate: z.number(), low: z.number(), high: z.number() })
export type Figure = z.infer<typeof figureSchema>
const figure = figureSchema

/** Why there is no figure: a reason from the closed list of the statistics, and words for a person. */
export const noFigureSchema = z.object({
  kind: z.literal('no-answer'),
  reason: z.string(),
  detail: z.string(),
})
export type NoFigure = z.infer<typeof noFigureSchema>
const noFigure = noFigureSchema

const byClass = { normal: figure, osteopenia: figure, osteoporosis: figure }
export type FiguresByClass = z.infer<z.ZodObject<typeof byClass>>

const answered = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({ kind: z.literal('answer'), ...shape })

/** Corrected shares with everything that must stand beside them. */
const correctedFigure = answered({
  method: z.enum(['severity-aware', 'matrix']),
  classes: z.object(byClass),
  livePeople: z.int(),
  validationPeople: z.int(),
  validationSites: z.int(),
  /** What limits the precision, in words. */
  limitedBy: z.string(),
  warnings: z.array(z.string()).readonly(),
})
export type CorrectedFigure = z.infer<typeof correctedFigure>

/** What the operating point misses among those of the window. */
const missedFigure = answered({
  /** People with osteoporosis, estimated. */
  people: figure,
  /** Of those the model calls osteoporosis, and does not. */
  flagged: figure,
  missed: figure,
  /** People called osteoporosis, who would be referred. */
  referred: z.int(),
})
export type MissedFigure = z.infer<typeof missedFigure>

/** Osteoporosis against the rest, as the card implies it at the mix of a window. */
const projectedFigure = answered({
  sensitivity: z.number(),
  specificity: z.number(),
  ppv: z.number(),
  npv: z.number(),
})

/** The figures of one domain in the body of a report: people of another domain are never pooled with them. */
export const domainFiguresSchema = z.object({
  domain: z.enum(figureDomains),
  label: z.string(),
  caption: z.string(),
  people: z.int(),
  n: z.int(),
  films: z.int(),
  implausibleFilms: z.int(),
  linkedPeople: z.int(),
  counts: z.object({ normal: z.int(), osteopenia: z.int(), osteoporosis: z.int() }),
  raw: z.union([answered(byClass), noFigure]),
  withoutVote: z
    .array(z.object({ reason: z.string(), sex: z.string(), ageBand: z.string(), people: z.int() }))
    .readonly(),
  /** The osteoporosis share of all people filmed, should none or all of those without a vote have it. */
  bounds: z.union([answered({ low: z.number(), high: z.number() }), noFigure]),
  readers: z.array(z.object({ modelDigest: z.string(), finderDigest: z.string(), n: z.int() })).readonly(),
  corrected: z.union([correctedFigure, noFigure]),
  /** The matrix estimate beside the severity-aware one, never averaged with it. */
  matrix: z.union([correctedFigure, noFigure]),
  /** Whether the two differ by more than their limits allow; absent where one of them is. */
  differ: z.boolean().optional(),
  missed: z.union([missedFigure, noFigure]),
  standardised: z.object({
    standard: z.string(),
    raw: z.union([answered(figure.shape), noFigure]),
    corrected: z.union([answered(byClass), noFigure]),
  }),
  projected: z.union([projectedFigure, noFigure]),
  controls: z
    .array(z.object({ name: z.string(), films: z.int(), mean: z.number(), sd: z.number() }))
    .readonly(),
})
export type DomainFigures = z.infer<typeof domainFiguresSchema>

/** The body of a report of the method `prevalence`. */
export const prevalenceBodySchema = z.object({
  /** One entry for each domain that has people; none where nobody is left. */
  figures: z.array(domainFiguresSchema).readonly(),
  /** Digests of the cards that may have corrected. */
  cards: z.array(z.string()).readonly(),
  /** Of the bootstraps. */
  seed: z.number(),
})
export type PrevalenceBody = z.infer<typeof prevalenceBodySchema>
