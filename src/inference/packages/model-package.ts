import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SetupError } from '../../runtime/errors.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { type ModelManifest, manifestSchema } from './model-manifest.ts'

/** A model package on disk whose files have the digests that its manifest lists. */
export type ModelPackage<Manifest extends ModelManifest = ModelManifest> = {
  readonly folder: string
  readonly manifest: Manifest
}

const unusable = (folder: string, why: string): SetupError =>
  new SetupError(
    'MODEL_UNUSABLE',
    `model package ${folder} cannot serve: ${why}`,
    'restore the package, or set OSTEOSTREAM_MODELS_DIR to a folder of whole packages',
  )

const readManifest = async (folder: string): Promise<ModelManifest> => {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((error: unknown) => {
    throw unusable(folder, messageOf(error))
  })
  const parsed = manifestSchema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw unusable(
    folder,
    `manifest.json: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
  )
}

/** Opens a package and verifies every file's digest; throws SetupError MODEL_UNUSABLE. */
export const openModelPackage = async (folder: string): Promise<ModelPackage> => {
  const manifest = await readManifest(folder)
  for (const [file, expected] of Object.entries(manifest.files)) {
    const bytes = await readFile(join(folder, file)).catch((error: unknown) => {
      throw unusable(folder, messageOf(error))
    })
    const found = sha256Of(bytes)
    if (found !== expected)
      throw unusable(
        folder,
        `${file} has digest ${found.slice(0, 12)}, the manifest says ${expected.slice(0, 12)}`,
      )
  }
  return { folder, manifest }
}

/**
 * Lists the packages under a folder (`<name>/<version>/manifest.json`), by name and version. One that fails
 * its checks goes to `onBroken` and is left out.
 */
export const listModelPackages = async (
  modelsDir: string,
  onBroken: (folder: string, error: unknown) => void,
): Promise<readonly ModelPackage[]> => {
  const entries = await readdir(modelsDir, { recursive: true }).catch((error: unknown) => {
    throw unusable(modelsDir, messageOf(error))
  })
  const folders = entries
    .filter((entry) => entry.endsWith('manifest.json'))
    .map((entry) => join(modelsDir, entry, '..'))
  const opened = await Promise.all(
    folders.toSorted().map((folder) =>
      openModelPackage(folder).catch((error: unknown) => {
        onBroken(folder, error)
        return undefined
      }),
    ),
  )
  return opened.filter((found) => found !== undefined)
}
