import { landmarksSchema } from '../../contracts/verdict.ts'
import { greyFilmOf } from '../../imaging/picture/grey-film.ts'
import { createRandom } from '../../statistics/maths/random.ts'
import { isFiniteReading, type RawReading } from '../classifiers/decide.ts'
import { createFindHips } from '../finder/find-hips.ts'
import { createPlaceLandmarks } from '../finder/place-landmarks.ts'
import { createReadMarkers } from '../finder/read-markers.ts'
import { createTellConditions } from '../finder/tell-conditions.ts'
import { createClassifyTask } from '../workers/classify-task.ts'
import type { FilmWorkerData } from '../workers/film-tasks.ts'
import { createHeatTask } from '../workers/heat-task.ts'
import { type ClassifierManifest, type FinderManifest, identityOf } from './model-manifest.ts'
import type { ModelPackage } from './model-package.ts'
import { hasParity, measureParity, parityFault } from './parity.ts'

type Provider = FilmWorkerData['provider']

/** What a network may meet at worst: black, white, a ramp, and noise that is the same each time. */
const trialImages = (size: number): readonly Uint8Array[] => {
  const pixels = size * size
  const random = createRandom(1)
  return [
    new Uint8Array(pixels),
    new Uint8Array(pixels).fill(255),
    Uint8Array.from({ length: pixels }, (_, index) => Math.floor((256 * index) / pixels)),
    Uint8Array.from({ length: pixels }, () => Math.floor(256 * random())),
  ]
}

/** How far a reading may move with its company in a batch: as far as one that is read again. */
const companyLimit = 1e-4

const numbersOf = ({ logits, embedding, tScore }: RawReading): number[] => [
  ...logits,
  ...embedding,
  ...(tScore === undefined ? [] : [tScore]),
]

const moves = (alone: RawReading, together: RawReading | undefined): boolean => {
  const others = together === undefined ? [] : numbersOf(together)
  return numbersOf(alone).some((value, at) => !(Math.abs(value - (others[at] ?? Number.NaN)) <= companyLimit))
}

const faultOf = (reading: RawReading | undefined, manifest: ClassifierManifest): string | undefined => {
  if (reading === undefined || !isFiniteReading(reading)) return 'its outputs are not finite'
  if (reading.logits.length !== manifest.classes.length) return `it has ${reading.logits.length} logits`
  return reading.embedding.length === 16 ? undefined : `its embedding has ${reading.embedding.length} numbers`
}

const joined = (images: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(images))

const tryClassifier = async (
  { folder, manifest }: ModelPackage<ClassifierManifest>,
  provider: Provider,
): Promise<string | undefined> => {
  const { size } = manifest.input
  const { weightsDigest } = identityOf(manifest)
  const named = { packageFolder: folder, weightsDigest }
  const task = createClassifyTask({ provider })
  const read = async (images: readonly Uint8Array[]): Promise<readonly RawReading[]> => {
    const given = { ...named, images: joined(images), count: images.length }
    return (await task({ kind: 'classify', ...given })).readings
  }
  const images = trialImages(size)
  const alone: RawReading[] = []
  for (const image of images) {
    const [reading] = await read([image])
    const fault = faultOf(reading, manifest)
    if (reading === undefined || fault !== undefined) return fault
    alone.push(reading)
  }
  // Screening runs crops in batches: a neighbour's pixels must not move a patient's result.
  const together = await read(images)
  if (alone.some((reading, index) => moves(reading, together[index])))
    return 'its reading of an image depends on the others in the batch'
  const [image = new Uint8Array()] = images
  if (manifest.outputs.heat !== undefined)
    await createHeatTask({ provider })({ kind: 'heat', ...named, image })
  if (!hasParity(manifest)) return undefined
  const readOne = async (crop: Uint8Array) => (await read([crop]))[0] ?? { logits: [], embedding: [] }
  return parityFault(await measureParity(folder, manifest, readOne))
}

const tryFinder = async (
  { folder, manifest }: ModelPackage<FinderManifest>,
  provider: Provider,
): Promise<string | undefined> => {
  const { size } = manifest.input
  const findHips = await createFindHips(folder, provider)
  const tellConditions = await createTellConditions(folder, provider)
  const placeLandmarks = await createPlaceLandmarks(folder, provider)
  const readMarkers = await createReadMarkers(folder, provider)
  const crops = trialImages(manifest.conditions.input.size)
  await tellConditions(crops)
  for (const placed of await placeLandmarks(crops))
    if (!landmarksSchema.safeParse(placed).success) return 'its landmarks are no points'
  for (const image of trialImages(size)) {
    const film = greyFilmOf(
      size,
      size,
      Uint16Array.from(image, (value) => value * 257),
    )
    await findHips(film)
    await readMarkers(film)
  }
  return undefined
}

const isFinder = (found: ModelPackage): found is ModelPackage<FinderManifest> =>
  found.manifest.task === 'find-hips'
const isClassifier = (found: ModelPackage): found is ModelPackage<ClassifierManifest> =>
  found.manifest.task === 'classify'

/**
 * Runs a package on made-up pictures, alone and in a batch: that its file is whole does not say that the runtime can load
 * it, nor that its outputs are those of the manifest. Where the package keeps what training's runtime said of real crops,
 * this machine must say the same. Answers what is wrong, or nothing.
 */
export const tryPackage = async (found: ModelPackage, provider: Provider): Promise<string | undefined> => {
  if (isFinder(found)) return tryFinder(found, provider)
  return isClassifier(found) ? tryClassifier(found, provider) : undefined
}
