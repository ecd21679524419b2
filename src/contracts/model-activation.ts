import { z } from 'zod'
import { auditSchema, instantSchema } from './identifiers.ts'
import { finderIdentitySchema, type ModelIdentity, modelIdentitySchema } from './verdict.ts'

const common = { activationId: z.uuid(), activeFrom: instantSchema, ...auditSchema.shape }

const classifierActivationSchema = z.object({
  ...common,
  model: modelIdentitySchema,
  role: z.enum(['primary', 'shadow', 'retired']),
})

const finderActivationSchema = z.object({
  ...common,
  finder: finderIdentitySchema,
  role: z.literal('finder'),
})

/** Which package serves in which role from when; a film chooses by its `believedAt`. */
export const modelActivationSchema = z.discriminatedUnion('role', [
  classifierActivationSchema,
  finderActivationSchema,
])
export type ModelActivation = z.infer<typeof modelActivationSchema>
export type ClassifierActivation = z.infer<typeof classifierActivationSchema>
export type FinderActivation = z.infer<typeof finderActivationSchema>
export const modelActivationEventType = 'org.osteostream.model-activation.v1'

const keyOf = (model: ModelIdentity): string => `${model.name}@${model.version}`

const isFinder = (activation: ModelActivation): activation is FinderActivation => activation.role === 'finder'
const isClassifier = (activation: ModelActivation): activation is ClassifierActivation =>
  !isFinder(activation)

/** In the order in which they take effect; of those of one instant, the later decision last. */
const inOrder = <Activation extends ModelActivation>(
  activations: readonly Activation[],
): readonly Activation[] =>
  activations.toSorted((a, b) => (a.activeFrom + a.at < b.activeFrom + b.at ? -1 : 1))

const until = <Activation extends ModelActivation>(
  activations: readonly Activation[],
  instant: string,
): readonly Activation[] => inOrder(activations.filter(({ activeFrom }) => activeFrom <= instant))

/** The role of each classifier at an instant, by name and version, as activations up to then have given them. */
export const rolesAt = (
  activations: readonly ModelActivation[],
  instant: string,
): ReadonlyMap<string, ClassifierActivation> => {
  const roles = new Map<string, ClassifierActivation>()
  for (const activation of until(activations.filter(isClassifier), instant)) {
    // There is one primary: the next one sends the last into the shadow.
    if (activation.role === 'primary')
      for (const [key, other] of roles)
        if (other.role === 'primary') roles.set(key, { ...other, role: 'shadow' })
    roles.set(keyOf(activation.model), activation)
  }
  return roles
}

/** The finder at an instant: the one that was activated last until then. */
export const finderAt = (
  activations: readonly ModelActivation[],
  instant: string,
): FinderActivation | undefined => until(activations.filter(isFinder), instant).at(-1)

/** When the first primary serves: films that seem older are read with it. */
export const firstPrimaryFrom = (activations: readonly ModelActivation[]): string | undefined =>
  inOrder(activations.filter(({ role }) => role === 'primary'))[0]?.activeFrom
