import { z } from 'zod'
import { filmAttributesSchema, sideSchema } from './film-attributes.ts'
import {
  attemptSchema,
  instantSchema,
  recordPointerSchema,
  recordPositionSchema,
  sha256Schema,
} from './identifiers.ts'
import { deadLetterCodeSchema, filmWarningSchema, rejectionReasonSchema } from './reasons.ts'
import { arrivalSchema } from './signed-film.ts'

/** The three classes of bone density, in the order of the models' outputs. */
export const densityClasses = ['normal', 'osteopenia', 'osteoporosis'] as const
export const densityClassSchema = z.enum(densityClasses)
export type DensityClass = z.infer<typeof densityClassSchema>

const share = z.number().min(0).max(1)

/** What made a reading; change one digest and the baseline card no longer applies. */
export const modelIdentitySchema = z.object({
  name: z.string().min(1).max(64),
  version: z.string().min(1).max(32),
  weightsDigest: sha256Schema,
  preprocessingDigest: sha256Schema,
  thresholdsDigest: sha256Schema,
})
export type ModelIdentity = z.infer<typeof modelIdentitySchema>

/** What found the hips and cut them out; `digest` is over its files and what it wants of a film. */
export const finderIdentitySchema = z.object({
  name: z.string().min(1).max(64),
  version: z.string().min(1).max(32),
  digest: sha256Schema,
})
export type FinderIdentity = z.infer<typeof finderIdentitySchema>

/** Calibrated probabilities of the classes; they sum to 1. */
export const probabilitiesSchema = z.object({ normal: share, osteopenia: share, osteoporosis: share })

/** What one model says of one hip. */
export const readingSchema = z.object({
  model: modelIdentitySchema,
  /** True for the model that was active at the film's `believedAt`; the others run in its shadow. */
  primary: z.boolean(),
  probabilities: probabilitiesSchema,
  densityClass: densityClassSchema,
  /** Unbounded and monotone in severity. */
  severity: z.number(),
  tScore: z.number().optional(),
  /** A 16-number projection of the embedding. */
  embedding: z.array(z.float32()).length(16),
})
export type Reading = z.infer<typeof readingSchema>

/** Points of a proximal femur, from its head down. */
export const landmarkNames = ['head', 'neck', 'greaterTrochanter', 'lesserTrochanter', 'shaft'] as const
export type LandmarkName = (typeof landmarkNames)[number]

const landmarkSchema = z.object({ x: z.number(), y: z.number(), confidence: share })

/** Where the proximal femur lies, in pixels of the film as sent. */
export const landmarksSchema = z.object({
  head: landmarkSchema,
  headRadius: z.number().positive(),
  neck: landmarkSchema,
  greaterTrochanter: landmarkSchema,
  lesserTrochanter: landmarkSchema,
  shaft: landmarkSchema,
} satisfies Record<LandmarkName | 'headRadius', z.ZodType>)
export type Landmarks = z.infer<typeof landmarksSchema>

export const hipFindingSchema = z.object({
  side: sideSchema.or(z.literal('unknown')),
  /** Pixels of the film as sent: left, top, width, height. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  regionScore: share,
  /** Absent where the finder places none. */
  landmarks: landmarksSchema.optional(),
  warnings: z.array(filmWarningSchema),
  /** False where the classes do not apply (implant, fracture, side in doubt, age): scored, without a vote. */
  eligible: z.boolean(),
  readings: z.array(readingSchema),
  /** Share of pairs of models that differ in class; absent with a single model. */
  disagreement: share.optional(),
})
export type HipFinding = z.infer<typeof hipFindingSchema>

/** Measures of the image itself, which the population must not move. */
export const imageStatisticsSchema = z.object({
  softTissueLevel: z.number(),
  backgroundLevel: z.number(),
  noise: z.number(),
  entropy: z.number(),
  exposedShare: share,
})
export type FilmStatistics = z.infer<typeof imageStatisticsSchema>

const findingSchema = z.object({
  kind: z.literal('finding'),
  pixelHash: sha256Schema,
  hips: z.array(hipFindingSchema).min(1).max(2),
  warnings: z.array(filmWarningSchema),
  statistics: imageStatisticsSchema,
  /** What found the hips. */
  finder: finderIdentitySchema,
  provider: z.string(),
  runtimeVersion: z.string(),
})

const rejectedSchema = z.object({
  kind: z.literal('rejected'),
  reason: rejectionReasonSchema,
  detail: z.string().max(300),
  /** Present where the pixels could be read. */
  pixelHash: sha256Schema.optional(),
})

const deadLetteredSchema = z.object({
  kind: z.literal('deadLettered'),
  code: deadLetterCodeSchema,
  detail: z.string().max(300),
  size: z.int().nonnegative(),
  digest: sha256Schema,
  /** Allow-listed headers of the record; never its payload. */
  headers: z.record(z.string(), z.string().max(300)),
})

export const outcomeSchema = z.discriminatedUnion('kind', [findingSchema, rejectedSchema, deadLetteredSchema])
export type VerdictOutcome = z.infer<typeof outcomeSchema>
export type FindingOutcome = z.infer<typeof findingSchema>

const common = {
  /** Where the image record stands. */
  image: recordPositionSchema,
  attempt: attemptSchema,
  screenedAt: instantSchema,
  outcome: outcomeSchema,
}

/** Why a clinic's clock cannot be believed. */
export const clockFaults = ['before-epoch', 'in-the-future', 'older-than-the-spool'] as const
export const clockFaultSchema = z.enum(clockFaults)
export type ClockFault = z.infer<typeof clockFaultSchema>

/** The verdict on an arrival: it repeats the receipt's fields, and says when the film came by Kafka's clock. */
const attributedVerdictSchema = arrivalSchema.extend({
  attributed: z.literal(true),
  attributes: filmAttributesSchema,
  /** Where the first record of the arrival stands: a requeue changes neither this nor `appendedAt`. */
  firstImage: recordPositionSchema,
  /** When Kafka appended that record. */
  appendedAt: instantSchema,
  /** `receivedAt`, or what is taken for it where that cannot be: windows of time use this one. */
  believedAt: instantSchema,
  /** Why `receivedAt` cannot be; absent where it can. */
  clockFault: clockFaultSchema.optional(),
  ...common,
})

/** The verdict on a record that could not say which arrival it is: booked under its position. */
const unattributedVerdictSchema = z.object({
  attributed: z.literal(false),
  pointer: recordPointerSchema,
  /** The broker's time stamp of the record. */
  receivedAt: instantSchema,
  ...common,
})

export const verdictSchema = z.discriminatedUnion('attributed', [
  attributedVerdictSchema,
  unattributedVerdictSchema,
])
export type Verdict = z.infer<typeof verdictSchema>
export type AttributedVerdict = z.infer<typeof attributedVerdictSchema>
export type UnattributedVerdict = z.infer<typeof unattributedVerdictSchema>
export const verdictEventType = 'org.osteostream.verdict.v1'
