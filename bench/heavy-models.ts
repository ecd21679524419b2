import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openModelShelf } from '../src/inference/classifier-shelf.ts'
import { silentLogger } from '../src/runtime/logger.ts'

/**
 * Writes a folder of packages that weighs what larger models weigh: the finder, and the smallest shipped classifier
 * under that many names, of which the engine takes one as primary and the others as shadows.
 */
export const writeHeavyModels = async (
  modelsDir: string,
  folder: string,
  copies: number,
): Promise<string> => {
  const { classifiers, finder } = await openModelShelf(modelsDir, silentLogger)
  const classifier = classifiers.toSorted((a, b) => a.manifest.input.size - b.manifest.input.size)[0]
  if (classifier === undefined || finder === undefined) throw new Error(`no models in ${modelsDir}`)
  await cp(finder.folder, join(folder, 'finder', finder.manifest.version), { recursive: true })
  for (let copy = 1; copy <= copies; copy += 1) {
    const manifest = { ...classifier.manifest, name: `copy-${copy}` }
    const own = join(folder, manifest.name, manifest.version)
    await mkdir(own, { recursive: true })
    await cp(join(classifier.folder, 'model.onnx'), join(own, 'model.onnx'))
    await writeFile(join(own, 'manifest.json'), JSON.stringify(manifest))
  }
  return folder
}
