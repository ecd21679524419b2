import { z } from 'zod'
import { auditSchema, instantSchema } from './identifiers.ts'
import { modelIdentitySchema } from './verdict.ts'

/** Which package serves in which role from when; a film chooses by its `receivedAt`. */
export const modelActivationSchema = z.object({
  activationId: z.uuid(),
  model: modelIdentitySchema,
  role: z.enum(['primary', 'shadow', 'retired']),
  activeFrom: instantSchema,
  ...auditSchema.shape,
})
export type ModelActivation = z.infer<typeof modelActivationSchema>
export const modelActivationEventType = 'org.osteostream.model-activation.v1'
