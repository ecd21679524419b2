import { z } from 'zod'
import { filmAttributesSchema } from './film-attributes.ts'
import { instantSchema, personKeySchema, sha256Schema, siteIdSchema } from './identifiers.ts'
import { rejectionReasonSchema } from './reasons.ts'
import {
  densityClassSchema,
  finderIdentitySchema,
  imageStatisticsSchema,
  modelIdentitySchema,
  probabilitiesSchema,
} from './verdict.ts'

/**
 * A drawn person of a demonstration with the resampled reading of a simulated film: it has a ledger line of its own and is
 * refused at sites with real people.
 */
export const historyReadingSchema = z.object({
  historyId: z.uuid(),
  siteId: siteIdSchema,
  subjectKey: personKeySchema,
  receivedAt: instantSchema,
  attributes: filmAttributesSchema,
  outcome: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('finding'),
      /** The simulated film whose reading this is. */
      film: sha256Schema,
      model: modelIdentitySchema,
      finder: finderIdentitySchema,
      /** False where the hip was scored without a vote, as in a finding. */
      eligible: z.boolean(),
      statistics: imageStatisticsSchema,
      densityClass: densityClassSchema,
      probabilities: probabilitiesSchema,
      severity: z.number(),
      tScore: z.number().optional(),
    }),
    z.object({ kind: z.literal('rejected'), reason: rejectionReasonSchema }),
  ]),
})
export type HistoryReading = z.infer<typeof historyReadingSchema>
export const historyReadingEventType = 'org.osteostream.history-reading.v1'
