import { z } from 'zod'
import { sexSchema, sideSchema } from './film-attributes.ts'
import { personKeySchema, siteIdSchema } from './identifiers.ts'

/** A bone-density measurement (DXA of the femoral neck) that a film can be checked against. */
export const referenceTestSchema = z.object({
  testId: z.string().regex(/^[0-9a-f]{64}$/),
  siteId: siteIdSchema,
  subjectKey: personKeySchema,
  linkKey: personKeySchema.optional(),
  measuredOn: z.iso.date(),
  method: z.literal('DXA'),
  region: z.literal('femoral-neck'),
  side: sideSchema,
  sex: sexSchema.optional(),
  /** On the white-female NHANES III reference, for both sexes. */
  tScore: z.number().min(-10).max(10),
  /** Grams per square centimetre. */
  bmd: z.number().positive().max(3).optional(),
  afterTherapyStart: z.boolean(),
})
export type ReferenceTest = z.infer<typeof referenceTestSchema>
export const referenceTestEventType = 'org.osteostream.reference-test.v1'
