import { z } from 'zod'
import { instantSchema, sha256Schema } from './identifiers.ts'
import { modelIdentitySchema, probabilitiesSchema } from './verdict.ts'

/** What a screening process reads of a film that never changes: it sees the pipeline, never the imaging. */
export const canaryReadingSchema = z.object({
  canaryId: z.uuid(),
  /** SHA-256 of the film. */
  film: sha256Schema,
  readAt: instantSchema,
  model: modelIdentitySchema,
  provider: z.string().max(40),
  runtimeVersion: z.string().max(40),
  expected: probabilitiesSchema,
  read: probabilitiesSchema,
})
export type CanaryReading = z.infer<typeof canaryReadingSchema>
export const canaryReadingEventType = 'org.osteostream.canary-reading.v1'
