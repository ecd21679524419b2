import type { ModelIdentity } from '../../contracts/verdict.ts'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { compareVersions } from '../packages/choose-package.ts'
import {
  type ClassifierManifest,
  type FinderManifest,
  finderIdentityOf,
  identityOf,
} from '../packages/model-manifest.ts'
import { listModelPackages, type ModelPackage } from '../packages/model-package.ts'
import type { ClassifierShelf } from './classify-hips.ts'

/** The packages that passed their checks. */
export type ModelShelf = ClassifierShelf & {
  readonly classifiers: readonly ModelPackage<ClassifierManifest>[]
  /** The newest first. */
  readonly finders: readonly ModelPackage<FinderManifest>[]
  /** The newest finder. */
  readonly finder: ModelPackage<FinderManifest> | undefined
  /** The finder with exactly this digest. */
  readonly findFinder: (digest: string) => ModelPackage<FinderManifest> | undefined
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
  const finders = found
    .filter(isFinder)
    .toSorted((a, b) => compareVersions(b.manifest.version, a.manifest.version))
  const byDigest = new Map(finders.map((entry) => [finderIdentityOf(entry.manifest).digest, entry]))
  return {
    classifiers,
    finders,
    finder: finders[0],
    findFinder: (digest) => byDigest.get(digest),
    cropSizes: [...new Set(classifiers.map((entry) => entry.manifest.input.size))],
    find: (model) => byIdentity.get(keyOf(model)),
  }
}
