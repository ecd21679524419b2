import { finderOf } from '../inference/choose-package.ts'
import { type ModelShelf, openModelShelf } from '../inference/classifier-shelf.ts'
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
