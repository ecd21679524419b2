import { type ModelActivation, rolesAt } from '../contracts/model-activation.ts'
import { failed, ok } from '../runtime/outcome.ts'

/** Why an activation must not be published. */
export type ActivationFailure = 'FROM_IN_THE_PAST' | 'NO_PRIMARY_LEFT'

export type PlannedActivation =
  | { readonly kind: 'ok'; readonly value: ModelActivation }
  | { readonly kind: 'failed'; readonly code: ActivationFailure; readonly detail: string }

const hasPrimary = (activations: readonly ModelActivation[], instant: string): boolean =>
  [...rolesAt(activations, instant).values()].some(({ role }) => role === 'primary')

/**
 * Checks an activation against those that there are. One that begins in the past would give films another model than
 * the one that has read them; one that leaves no primary would stop screening at the first film after it.
 */
export const planActivation = (
  known: readonly ModelActivation[],
  next: ModelActivation,
): PlannedActivation => {
  if (next.activeFrom < next.at)
    return failed('FROM_IN_THE_PAST', `${next.activeFrom} has passed: films received since have been read`)
  const all = [...known, next]
  const instants = all.map(({ activeFrom }) => activeFrom).filter((instant) => instant >= next.activeFrom)
  const empty = instants.toSorted().find((instant) => !hasPrimary(all, instant))
  return empty === undefined ? ok(next) : failed('NO_PRIMARY_LEFT', `there would be no primary from ${empty}`)
}
