import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { modelsDir } from './models.ts'

/** Names of the packages, the one that leads first, with thresholds that make them call hips differently. */
const packages = {
  vit: { t1: 0.3, t2: 0.7 },
  'inception-v3': { t1: 0.02, t2: 0.7 },
  resnet50: { t1: 0.3, t2: 0.2 },
} as const

/** Theirs, whatever is shipped. */
const version = '1.0.0'

/** Writes the shipped finder, and the first classifier three times under the names of the study's models. */
export const writeThreePackages = async (folder: string): Promise<void> => {
  await cp(join(modelsDir, 'hip-finder'), join(folder, 'hip-finder'), { recursive: true })
  for (const [name, thresholds] of Object.entries(packages)) {
    const target = join(folder, name, version)
    await cp(join(modelsDir, 'vit', '1.1.0'), target, { recursive: true })
    const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'))
    await writeFile(join(target, 'manifest.json'), JSON.stringify({ ...manifest, name, version, thresholds }))
  }
}
