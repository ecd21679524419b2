import { isDeepStrictEqual } from 'node:util'
import { followModels } from '../../consumers/model-schedule.ts'
import { type ModelActivation, rolesAt } from '../../contracts/model-activation.ts'
import { nameOf } from '../../figures/figure-text.ts'
import { type ClassifierManifest, identityOf } from '../../inference/packages/model-manifest.ts'
import { SetupError } from '../../runtime/errors.ts'
import type { KafkaClient } from '../../runtime/kafka/kafka-client.ts'
import type { KafkaAdmin } from '../../runtime/kafka/types.ts'
import { loadEngineKey } from '../engine-key.ts'
import { kafkaOfRunning } from '../open-engine.ts'
import type { Process } from '../open-process.ts'

/** Every activation published until now. */
export const readActivations = async (
  { logger, lifecycle, settings }: Process,
  kafka: KafkaClient,
  admin: KafkaAdmin,
): Promise<readonly ModelActivation[]> => {
  const onCrash = (error: Error): void => logger.error({ error: error.message }, 'activations not read')
  const engineKey = await loadEngineKey(settings)
  const followed = await followModels({ consume: kafka.consume, admin, engineKey, logger, onCrash })
  lifecycle.add('model schedule', followed.stop)
  return followed.all()
}

/** As `readActivations`, of the engine that runs on the data folder; undefined where none runs. */
export const activationsOfRunning = async (
  process: Process,
): Promise<readonly ModelActivation[] | undefined> => {
  const kafka = await kafkaOfRunning(process).catch((error: unknown) => {
    if (error instanceof SetupError && error.code === 'SERVICE_NOT_RUNNING') return undefined
    throw error
  })
  if (kafka === undefined) return undefined
  const admin = await kafka.connectAdmin()
  process.lifecycle.add('kafka admin', admin.stop)
  return readActivations(process, kafka, admin)
}

/** What a package does now; another package of its name and version may have been activated. */
export type RoleNow = ModelActivation['role'] | 'none' | 'other digests'

/** The role of a package at an instant. */
export const roleAt = (
  activations: readonly ModelActivation[],
  manifest: ClassifierManifest,
  instant: string,
): RoleNow => {
  const activation = rolesAt(activations, instant).get(nameOf(manifest))
  if (activation === undefined) return 'none'
  return isDeepStrictEqual(activation.model, identityOf(manifest)) ? activation.role : 'other digests'
}
