import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { modelDigestOf } from '../analytics/stores/finding-columns.ts'
import { type BaselineCard, baselineCardSchema } from '../contracts/baseline-card.ts'
import { openModelShelf } from '../inference/classifiers/classifier-shelf.ts'
import { type ClassifierManifest, identityOf } from '../inference/packages/model-manifest.ts'
import type { ModelPackage } from '../inference/packages/model-package.ts'
import type { ReaderCard } from '../monitor/figures/reader-card.ts'
import type { Settings } from '../runtime/config.ts'
import { systemCodeOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'

/** The card in a package, where it has one that can be read. */
const readCard = async (
  { folder }: ModelPackage<ClassifierManifest>,
  logger: Logger,
): Promise<BaselineCard | undefined> => {
  const text = await readFile(join(folder, 'card.json'), 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const parsed = baselineCardSchema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  logger.error({ folder }, 'card.json does not fit its schema: nothing is corrected with it')
  return undefined
}

/** The cards of the packages, each under the digests that it holds for; one that is of other digests corrects nothing. */
export const readCards = async (
  { modelsDir }: Pick<Settings, 'modelsDir'>,
  logger: Logger,
): Promise<readonly ReaderCard[]> => {
  const { classifiers } = await openModelShelf(modelsDir, logger)
  const cards = await Promise.all(
    classifiers.map(async (found): Promise<ReaderCard[]> => {
      const card = await readCard(found, logger)
      if (card === undefined) return []
      if (isDeepStrictEqual(card.model, identityOf(found.manifest)))
        return [{ modelDigest: modelDigestOf(card.model), finderDigest: card.finder.digest, card }]
      logger.warn({ folder: found.folder }, 'card.json is of another model: nothing is corrected with it')
      return []
    }),
  )
  return cards.flat()
}
