import { z } from 'zod'
import {
  arrivalIdSchema,
  auditSchema,
  eventIdSchema,
  personKeySchema,
  sequenceSchema,
  siteIdSchema,
  spoolIdSchema,
} from './identifiers.ts'

const common = {
  correctionId: z.uuid(),
  siteId: siteIdSchema,
  /** The number that the clinic's spool gave to it; absent where the programme corrects. */
  spoolId: spoolIdSchema.optional(),
  sequence: sequenceSchema.optional(),
  ...auditSchema.shape,
}

/**
 * What must be undone: erase everything of a person (or opt out), retract one delivery that carried the
 * wrong patient, or relink a person whose keys have changed.
 */
export const correctionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('erase'), ...common, subjectKey: personKeySchema }),
  z.object({ kind: z.literal('retract'), ...common, eventId: eventIdSchema, arrivalId: arrivalIdSchema }),
  z.object({
    kind: z.literal('relink'),
    ...common,
    subjectKey: personKeySchema,
    newSubjectKey: personKeySchema,
    newLinkKey: personKeySchema.optional(),
  }),
])
export type Correction = z.infer<typeof correctionSchema>
export const correctionEventType = 'org.osteostream.correction.v1'
