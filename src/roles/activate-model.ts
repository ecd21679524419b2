import { randomUUID } from 'node:crypto'
import type { ModelActivation } from '../contracts/model-activation.ts'
import { type ClassifierManifest, identityOf } from '../inference/model-manifest.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import { publishActivation } from './prepare-engine.ts'

/** Who gives which package which role, from when (now where not said), and why. */
export type ActivationRequest = Pick<ModelActivation, 'role' | 'who' | 'why'> & {
  readonly manifest: ClassifierManifest
  readonly from?: string
}

/** Publishes an activation; films received from its instant on are read by it. */
export const activateModel = async (
  deps: { readonly publisher: RecordPublisher; readonly now: () => Date },
  { manifest, role, from, who, why }: ActivationRequest,
): Promise<ModelActivation> => {
  const at = deps.now().toISOString()
  const activation = {
    activationId: randomUUID(),
    model: identityOf(manifest),
    role,
    activeFrom: from ?? at,
    who,
    why,
    at,
  }
  await publishActivation(deps.publisher, activation)
  return activation
}
