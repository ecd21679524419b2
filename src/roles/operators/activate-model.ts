import { randomUUID } from 'node:crypto'
import type { ClassifierActivation, ModelActivation } from '../../contracts/model-activation.ts'
import { type ClassifierManifest, identityOf } from '../../inference/packages/model-manifest.ts'
import { planActivation } from '../../operations/plan-activation.ts'
import { publishCommand } from '../../operations/publish-command.ts'
import { SetupError } from '../../runtime/errors.ts'
import type { RecordPublisher } from '../../runtime/kafka/types.ts'
import { publishActivation } from '../prepare-engine.ts'

/** Who gives which package which role, from when (in a minute where not said), and why. */
export type ActivationRequest = Pick<ClassifierActivation, 'role' | 'who' | 'why'> & {
  readonly manifest: ClassifierManifest
  readonly from?: string
}

export type ActivateModelDeps = {
  readonly publisher: Pick<RecordPublisher, 'publish'>
  /** Every activation published until now. */
  readonly known: readonly ModelActivation[]
  readonly now: () => Date
}

/** By then every screening process has heard of it: films of one instant are read by one package. */
const noticeMs = 60_000

const remedies = {
  FROM_IN_THE_PAST: 'choose an instant to come, or leave --from out',
  NO_PRIMARY_LEFT: 'activate another package as primary first, from the same instant or before',
} as const

/**
 * Activates a package: 1. the plan is refused where it begins in the past or leaves no primary, 2. the command is stored
 * in the audit trail, 3. the activation is published; films received from its instant on are read by it.
 */
export const activateModel = async (
  { publisher, known, now }: ActivateModelDeps,
  { manifest, role, from, who, why }: ActivationRequest,
): Promise<ModelActivation> => {
  const asked = now()
  const planned = planActivation(known, {
    activationId: randomUUID(),
    model: identityOf(manifest),
    role,
    activeFrom: from ?? new Date(asked.getTime() + noticeMs).toISOString(),
    who,
    why,
    at: asked.toISOString(),
  })
  if (planned.kind === 'failed')
    throw new SetupError('SETTING_INVALID', `${planned.code}: ${planned.detail}`, remedies[planned.code])
  const { activationId, at } = planned.value
  await publishCommand(publisher, { commandId: randomUUID(), kind: 'activate', activationId, who, why, at })
  await publishActivation(publisher, planned.value)
  return planned.value
}
