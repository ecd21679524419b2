import { z } from 'zod'
import { auditSchema, instantSchema } from './identifiers.ts'
import { type ModelIdentity, modelIdentitySchema } from './verdict.ts'

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

const keyOf = (model: ModelIdentity): string => `${model.name}@${model.version}`

/** The role of each package at an instant, by name and version, as activations up to then have given them. */
export const rolesAt = (
  activations: readonly ModelActivation[],
  instant: string,
): ReadonlyMap<string, ModelActivation> => {
  const roles = new Map<string, ModelActivation>()
  const until = activations
    .filter((activation) => activation.activeFrom <= instant)
    .toSorted((a, b) => (a.activeFrom + a.at < b.activeFrom + b.at ? -1 : 1))
  for (const activation of until) {
    // There is one primary: the next one sends the last into the shadow.
    if (activation.role === 'primary')
      for (const [key, other] of roles)
        if (other.role === 'primary') roles.set(key, { ...other, role: 'shadow' })
    roles.set(keyOf(activation.model), activation)
  }
  return roles
}
