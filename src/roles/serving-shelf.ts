import type { ModelSchedule } from '../contracts/ports.ts'
import { nameOf } from '../figures/figure-text.ts'
import { type ModelShelf, openModelShelf } from '../inference/classifiers/classifier-shelf.ts'
import { finderOf } from '../inference/packages/choose-package.ts'
import type { Settings } from '../runtime/config.ts'
import { SetupError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'

/** A shelf that films can be read with. */
export type ServingShelf = ModelShelf & { readonly finder: NonNullable<ModelShelf['finder']> }

/** Opens the model packages. Throws SetupError MODEL_UNUSABLE where no finder or no classifier can serve. */
export const openServingShelf = async (
  { modelsDir }: Pick<Settings, 'modelsDir'>,
  logger: Logger,
): Promise<ServingShelf> => {
  const shelf = await openModelShelf(modelsDir, logger)
  const finder = finderOf(shelf.finder, modelsDir)
  if (shelf.classifiers.length > 0) return { ...shelf, finder }
  throw new SetupError(
    'MODEL_UNUSABLE',
    `no classifier in ${modelsDir} can serve`,
    'restore the packages there, or set OSTEOSTREAM_MODELS_DIR to a folder that has them',
  )
}

/**
 * Refuses to start where the package that leads now is not on the shelf: every film would fail on it. Throws SetupError
 * MODEL_UNUSABLE.
 */
export const refuseMissingPrimary = (
  { primaryAt }: Pick<ModelSchedule, 'primaryAt'>,
  shelf: Pick<ServingShelf, 'find'>,
  { modelsDir }: Pick<Settings, 'modelsDir'>,
  now: Date,
): void => {
  const primary = primaryAt(now.toISOString())
  if (primary === undefined || shelf.find(primary) !== undefined) return
  throw new SetupError(
    'MODEL_UNUSABLE',
    `${nameOf(primary)} is primary, and no package in ${modelsDir} has its digests`,
    'restore that package, or start on another data folder',
  )
}
