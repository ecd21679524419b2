import { z } from 'zod'
import { ageBandSchema, sexSchema } from './film-attributes.ts'
import { sha256Schema } from './identifiers.ts'
import { finderIdentitySchema, modelIdentitySchema } from './verdict.ts'

/** The classes of a card, in the order of its rows and columns. */
export const cardClasses = ['osteoporosis', 'osteopenia', 'normal'] as const

const count = z.int().nonnegative()
const countsByClass = z.tuple([
  z.tuple([count, count, count]),
  z.tuple([count, count, count]),
  z.tuple([count, count, count]),
])

/** Votes of one clinic of the set: from two clinics on it is known how much the matrix differs between clinics. */
const siteSchema = z.object({ site: z.string().min(1).max(64), confusion: countsByClass })

/** Votes of people of one sex and age band, where the labels say both. */
const stratumSchema = z.object({ sex: sexSchema, ageBand: ageBandSchema, confusion: countsByClass })

/** What the population must not move, over the films of the votes. */
const controlSchema = z.object({
  name: z.enum(['softTissueLevel', 'backgroundLevel', 'noise', 'entropy', 'exposedShare']),
  films: count,
  mean: z.number(),
  sd: z.number(),
})

const lineSchema = z.object({
  intercept: z.number(),
  slope: z.number(),
  spread: z.number(),
  people: count,
  meanX: z.number(),
  sumOfSquaresX: z.number(),
})

/** How the score answers to severity: a straight line, or counts by T cell (rows) and score bin (columns). */
const responseSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('location-scale'), line: lineSchema }),
  z.object({ kind: z.literal('kernel'), bandwidth: z.number(), joint: z.array(z.array(count)) }),
])

const domainSchema = z.enum(['synthetic', 'real'])

const severitySchema = z.object({
  kind: z.literal('card'),
  domain: domainSchema,
  people: count,
  edges: z.array(z.number()),
  grid: z.object({ start: z.number(), width: z.number(), cells: count }),
  cellCounts: z.array(count),
  classCounts: z.array(z.array(count)).length(3),
  response: responseSchema,
  checks: z.object({ linear: z.number(), constantSpread: z.number(), normal: z.number() }),
})

const withoutAnswer = z.object({ kind: z.literal('no-answer'), reason: z.string(), detail: z.string() })

/**
 * What an evaluation leaves behind for the correction of prevalence: counts and sums, no person. It holds for readings
 * with exactly these digests; with any other it must not be used.
 */
export const baselineCardSchema = z.object({
  version: z.literal(2),
  /** Digests of weights, preprocessing, and decision rule with its temperature. */
  model: modelIdentitySchema,
  /** The package that found the hips: another one cuts other crops. */
  finder: finderIdentitySchema,
  temperature: z.number(),
  thresholds: z.object({ t1: z.number(), t2: z.number() }),
  /** One hip for each person: the left of the first film, or the right where the left has no vote. */
  votingUnit: z.literal('index-hip'),
  set: z.enum(['internal', 'external']),
  domain: domainSchema,
  /** Of the labels that it was measured with. */
  labelsDigest: sha256Schema,
  classes: z.tuple([z.literal(cardClasses[0]), z.literal(cardClasses[1]), z.literal(cardClasses[2])]),
  /** Rows: called, columns: true. */
  confusion: z.object({ perVote: countsByClass, perHip: countsByClass }),
  /** By clinic, in the order of their names; empty where the labels name none. */
  sites: z.array(siteSchema),
  /** By sex and age band; empty where the labels name none. */
  strata: z.array(stratumSchema),
  /** Reference distributions of the controls; empty where no film has them. */
  controls: z.array(controlSchema),
  /** Entry [k][j]: chance that a hip of class k scores higher on class k than one of class j. */
  pairwiseAuc: z.array(z.array(z.number())).length(3),
  /**
   * Votes by bin of the severity score (rows: classes, columns: one bin more than edges): where drift and the class-level
   * estimates start from, and all that a card without T-scores knows of its scores.
   */
  scores: z.object({ edges: z.array(z.number()), classCounts: z.array(z.array(count)).length(3) }),
  /** h(b | T): how the severity score of a vote answers to its T-score, or why that is not known. */
  severity: z.discriminatedUnion('kind', [severitySchema, withoutAnswer]),
  /**
   * Temperature over that of the package, at which its chances come true on these votes, or why there is none: where
   * label-free performance has no severity-aware posterior, it calibrates live chances with it.
   */
  calibrator: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('temperature'),
      people: count,
      /** Fitted on all votes. */
      temperature: z.number().positive(),
      /** Each fitted without one fold of people: their spread is what so few people leave open. */
      foldTemperatures: z.array(z.number().positive()).min(2),
      /** Mean over votes; cross-fitted: each person by the temperature of the other folds. */
      logLoss: z.object({ asShipped: z.number(), crossFitted: z.number() }),
    }),
    withoutAnswer,
  ]),
})
export type BaselineCard = z.infer<typeof baselineCardSchema>
