import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openModelShelf } from '../src/inference/classifiers/classifier-shelf.ts'
import { silentLogger } from '../src/runtime/logger.ts'

/**
 * Writes a folder of packages that weighs what larger models weigh: the finder, and one shipped classifier under that
 * many names, of which the engine takes one as primary and the others as shadows.
 */
export const writeHeavyModels = async (
  modelsDir: string,
  folder: string,
  copies: number,
): Promise<string> => {
  const { classifiers, finder } = await openModelShelf(modelsDir, silentLogger)
  const [classifier] = classifiers
  if (classifier === undefined || finder === undefined) throw new Error(`no models in ${modelsDir}`)
  await cp(finder.folder, join(folder, 'finder', finder.manifest.version), { recursive: true })
  for (let copy = 1; copy <= copies; copy += 1) {
    const manifest = { ...classifier.manifest, name: `copy-${copy}` }
    const own = join(folder, manifest.name, manifest.version)
    await cp(classifier.folder, own, { recursive: true })
    await writeFile(join(own, 'manifest.json'), JSON.stringify(manifest))
  }
  return folder
}
