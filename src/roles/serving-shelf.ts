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

const missing = (what: string, named: string, modelsDir: string): SetupError =>
  new SetupError(
    'MODEL_UNUSABLE',
    `${named} is ${what}, and no package in ${modelsDir} has its digests`,
    'restore that package, or start on another data folder',
  )

/**
 * Refuses to start where the packages that find hips and lead now are not on the shelf: every film would fail on them.
 * Throws SetupError MODEL_UNUSABLE.
 */
export const refuseMissingPackages = (
  { primaryAt, finderAt }: Pick<ModelSchedule, 'primaryAt' | 'finderAt'>,
  shelf: Pick<ServingShelf, 'find' | 'findFinder'>,
  { modelsDir }: Pick<Settings, 'modelsDir'>,
  now: Date,
): void => {
  const primary = primaryAt(now.toISOString())
  if (primary !== undefined && shelf.find(primary) === undefined)
    throw missing('primary', nameOf(primary), modelsDir)
  const finder = finderAt(now.toISOString())
  if (finder !== undefined && shelf.findFinder(finder.digest) === undefined)
    throw missing('the finder', nameOf(finder), modelsDir)
}
