import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..')

/** Folder of the finder's package in `models/`: its latest version. */
export const shippedFinder = async (): Promise<string> => {
  const folder = join(root, 'models', 'hip-finder')
  const versions = (await readdir(folder)).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return join(folder, versions.at(-1) ?? '')
}
