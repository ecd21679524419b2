import type { ModelIdentity } from '../../contracts/verdict.ts'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type ClassifierManifest, type FinderManifest, identityOf } from '../packages/model-manifest.ts'
import { listModelPackages, type ModelPackage } from '../packages/model-package.ts'
import type { ClassifierShelf } from './classify-hips.ts'

/** The packages that passed their checks. */
export type ModelShelf = ClassifierShelf & {
  readonly classifiers: readonly ModelPackage<ClassifierManifest>[]
  readonly finder: ModelPackage<FinderManifest> | undefined
  /** Edge lengths of the crops that the classifiers want. */
  readonly cropSizes: readonly number[]
}

const isClassifier = (found: ModelPackage): found is ModelPackage<ClassifierManifest> =>
  found.manifest.task === 'classify'
const isFinder = (found: ModelPackage): found is ModelPackage<FinderManifest> =>
  found.manifest.task === 'find-hips'

const keyOf = (model: ModelIdentity): string =>
  [model.name, model.version, model.weightsDigest, model.preprocessingDigest, model.thresholdsDigest].join(
    ' ',
  )

/** Opens every package of a folder; one that fails its checks is logged and never serves. */
export const openModelShelf = async (modelsDir: string, logger: Logger): Promise<ModelShelf> => {
  const found = await listModelPackages(modelsDir, (folder, error) =>
    logger.error(
      { folder, error: messageOf(error), runbook: 'docs/runbook/services.md' },
      'model package left out',
    ),
  )
  const classifiers = found.filter(isClassifier)
  const byIdentity = new Map(classifiers.map((entry) => [keyOf(identityOf(entry.manifest)), entry]))
  return {
    classifiers,
    finder: found.filter(isFinder).at(-1),
    cropSizes: [...new Set(classifiers.map((entry) => entry.manifest.input.size))],
    find: (model) => byIdentity.get(keyOf(model)),
  }
}
