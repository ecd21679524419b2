import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClassifierManifest } from '../../src/inference/model-manifest.ts'
import { type NetworkFault, tinyNetwork } from './tiny-network.ts'

/** Writes the package of a tiny classifier below a folder of packages, and answers its own folder. */
export const writeTinyPackage = async (
  modelsDir: string,
  { name, version = '1.0.0', fault }: { name: string; version?: string; fault?: NetworkFault },
): Promise<string> => {
  const folder = join(modelsDir, name, version)
  const size = 16
  const network = tinyNetwork(size, fault)
  const manifest: ClassifierManifest = {
    name,
    version,
    task: 'classify',
    domain: 'synthetic',
    architecture: 'one matrix',
    classes: ['normal', 'osteopenia', 'osteoporosis'],
    input: { name: 'image', size, channels: 1 },
    outputs: { logits: 'logits', embedding: 'embedding', tScore: 't_score' },
    preprocessing: {},
    temperature: 1,
    thresholds: { t1: 0.3, t2: 0.5 },
    training: {},
    files: { 'model.onnx': createHash('sha256').update(network).digest('hex') },
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'model.onnx'), network)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return folder
}
