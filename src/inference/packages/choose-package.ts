import { SetupError } from '../../runtime/errors.ts'
import type { FinderManifest, ModelManifest } from './model-manifest.ts'
import type { ModelPackage } from './model-package.ts'

const numbersOf = (version: string): number[] => version.split('.').map(Number)

/** Negative where the first version is older. */
export const compareVersions = (first: string, second: string): number => {
  const other = numbersOf(second)
  return numbersOf(first)
    .map((number, place) => number - (other[place] ?? 0))
    .reduce((decided, difference) => (decided === 0 ? difference : decided), 0)
}

/**
 * The package that `NAME` or `NAME@VERSION` means, the newest where no version is named. Throws SetupError
 * MODEL_UNUSABLE with the names of those that there are.
 */
export const choosePackage = <Manifest extends ModelManifest>(
  packages: readonly ModelPackage<Manifest>[],
  named: string,
): ModelPackage<Manifest> => {
  const [name, version] = named.split('@')
  const newest = packages
    .filter(({ manifest }) => manifest.name === name && (version ?? manifest.version) === manifest.version)
    .toSorted((a, b) => compareVersions(a.manifest.version, b.manifest.version))
    .at(-1)
  if (newest !== undefined) return newest
  const known = packages.map(({ manifest }) => `${manifest.name}@${manifest.version}`).join(', ')
  throw new SetupError(
    'MODEL_UNUSABLE',
    `there is no usable package ${named} here`,
    `choose one of: ${known || 'none'}`,
  )
}

/** Vision transformers go first: the study's own model, then others of its kind. */
const rankOf = ({ name, architecture }: ModelManifest): number => {
  if (name === 'vit') return 0
  return /\bvit\b/i.test(architecture) ? 1 : 2
}

/**
 * The packages that serve where nobody has chosen, the newest of each name; the first is primary: the vision transformer,
 * or else the first by name. The others are shadows.
 */
export const chooseShipped = <Manifest extends ModelManifest>(
  packages: readonly ModelPackage<Manifest>[],
): readonly ModelPackage<Manifest>[] =>
  [...new Set(packages.map(({ manifest }) => manifest.name))]
    .map((name) => choosePackage(packages, name))
    .toSorted(({ manifest: a }, { manifest: b }) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1))

/** The finder among the packages; throws SetupError MODEL_UNUSABLE. */
export const finderOf = (
  finder: ModelPackage<FinderManifest> | undefined,
  modelsDir: string,
): ModelPackage<FinderManifest> => {
  if (finder !== undefined) return finder
  throw new SetupError(
    'MODEL_UNUSABLE',
    `no hip finder in ${modelsDir} can serve`,
    'restore models/hip-finder, or set OSTEOSTREAM_MODELS_DIR to a folder that has one',
  )
}
