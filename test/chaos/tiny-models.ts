import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { modelsDir } from '../support/models.ts'
import { writeTinyPackage } from '../support/tiny-package.ts'

/** Writes the hip finder that is shipped and a tiny classifier: what is disturbed is the engine, not the reading. */
export const writeTinyModels = async (dataDir: string): Promise<string> => {
  const folder = join(dataDir, 'models')
  await cp(join(modelsDir, 'hip-finder'), join(folder, 'hip-finder'), { recursive: true })
  await writeTinyPackage(folder, { name: 'tiny' })
  return folder
}
