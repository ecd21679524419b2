import { join } from 'node:path'
import { type HipFinding, type LandmarkName, type Landmarks, landmarkNames } from '../../contracts/verdict.ts'
import type { Box } from '../../imaging/picture/grey-film.ts'
import { openFinderNetwork, readFinderManifest } from './read-finder.ts'

/** The landmarks of a hip in shares of its crop's edge, as the crop shows them. */
export type CropLandmarks = Landmarks

/** No head is smaller; the contract wants a length. */
const leastRadius = 0.02

/** Answers where the landmarks of each hip lie, from crops of the size that the package asks for. */
export type PlaceLandmarks = (crops: readonly Uint8Array[]) => Promise<readonly CropLandmarks[]>

type Outputs = { points: Float32Array; confidence: Float32Array; headRadius: Float32Array }

const landmarksAt = ({ points, confidence, headRadius }: Outputs, hip: number): CropLandmarks => {
  const width = landmarkNames.length
  const of = (name: LandmarkName) => {
    const place = hip * width + landmarkNames.indexOf(name)
    const [x = Number.NaN, y = Number.NaN] = points.subarray(2 * place, 2 * place + 2)
    // Rounding may sum chances to a little more than 1.
    return { x, y, confidence: Math.min(1, confidence[place] ?? Number.NaN) }
  }
  return {
    head: of('head'),
    headRadius: Math.max(leastRadius, headRadius[hip] ?? Number.NaN),
    neck: of('neck'),
    greaterTrochanter: of('greaterTrochanter'),
    lesserTrochanter: of('lesserTrochanter'),
    shaft: of('shaft'),
  }
}

/** Loads the network for landmarks of a finder's package and answers the function that uses it. */
export const createPlaceLandmarks = async (
  folder: string,
  provider: 'cpu' | 'cuda',
): Promise<PlaceLandmarks> => {
  const { landmarks } = await readFinderManifest(folder)
  const session = await openFinderNetwork(join(folder, 'landmarks.onnx'), landmarks.input, provider)
  return async (crops) => {
    const given = await session.run(new Uint8Array(Buffer.concat(crops)), crops.length)
    const [points, confidence, headRadius] = [
      given[landmarks.outputs.points],
      given[landmarks.outputs.confidence],
      given[landmarks.outputs.headRadius],
    ]
    const count = crops.length * landmarkNames.length
    if (points?.length !== 2 * count || confidence?.length !== count || headRadius?.length !== crops.length)
      throw new Error(`landmarks.onnx of ${folder} does not answer ${landmarkNames.length} points a hip`)
    if (![...points, ...confidence, ...headRadius].every(Number.isFinite))
      throw new Error(`landmarks.onnx of ${folder} answers numbers that are not finite`)
    return crops.map((_, hip) => landmarksAt({ points, confidence, headRadius }, hip))
  }
}

const changed = (
  { headRadius, ...points }: Landmarks,
  change: (point: Landmarks['head']) => Landmarks['head'],
  radiusBy: number,
): Landmarks => ({
  head: change(points.head),
  headRadius: headRadius * radiusBy,
  neck: change(points.neck),
  greaterTrochanter: change(points.greaterTrochanter),
  lesserTrochanter: change(points.lesserTrochanter),
  shaft: change(points.shaft),
})

/** Landmarks of a crop in pixels of its film; box and `mirror` are those with which it was cut. */
export const landmarksOnFilm = (landmarks: CropLandmarks, box: Box, mirror: boolean): Landmarks =>
  changed(
    landmarks,
    ({ x, y, confidence }) => ({
      x: box.x + (mirror ? 1 - x : x) * box.width,
      y: box.y + y * box.height,
      confidence,
    }),
    box.width,
  )

/** Landmarks of a film in shares of the crop's edge; a crop that shows its head beyond the trochanter was mirrored. */
export const landmarksInCrop = (landmarks: Landmarks, [left, top, width, height]: HipFinding['box']) => {
  const mirror = landmarks.head.x > landmarks.greaterTrochanter.x
  return changed(
    landmarks,
    ({ x, y, confidence }) => {
      const across = (x - left) / width
      return { x: mirror ? 1 - across : across, y: (y - top) / height, confidence }
    },
    1 / width,
  )
}

/**
 * Whether landmarks lie to each other as those of a femur seen from the front do, whatever its turn: the neck between
 * head and trochanters, the trochanters across from each other, the shaft below.
 */
export const isFemur = ({ head, headRadius, neck, ...rest }: CropLandmarks): boolean => {
  const { greaterTrochanter, lesserTrochanter, shaft } = rest
  const apart = Math.hypot(greaterTrochanter.x - head.x, greaterTrochanter.y - head.y)
  return (
    head.x < neck.x &&
    neck.x < greaterTrochanter.x &&
    head.y < neck.y &&
    neck.y < lesserTrochanter.y &&
    greaterTrochanter.y < lesserTrochanter.y &&
    lesserTrochanter.x < greaterTrochanter.x &&
    lesserTrochanter.y < shaft.y &&
    apart > 1.2 * headRadius &&
    apart < 4 * headRadius
  )
}

/** How sure the network is of a hip: the mean of its confidence in the landmarks; 0 where they make no femur. */
export const landmarkScore = (landmarks: CropLandmarks): number =>
  isFemur(landmarks)
    ? landmarkNames.reduce((sum, name) => sum + landmarks[name].confidence, 0) / landmarkNames.length
    : 0
