import { type Random, randomFor } from '../clinics/seeded-random.ts'
import type { ThicknessMap } from './bone-shapes.ts'
import { type Acquisition, collimatedCm, exposeFilm } from './expose-film.ts'
import { drawHip, type HipLandmarks, type HipPose } from './hip-anatomy.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import type { SimulatedPerson } from './person.ts'
import { createSmoothNoise } from './smooth-noise.ts'

export type View = 'left' | 'right' | 'pelvis'
export type PixelBox = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The truth about one hip of a film; points and boxes in pixels. */
export type HipTruth = {
  readonly side: 'left' | 'right'
  readonly tScore: number
  readonly landmarks: HipLandmarks
  /** The proximal femur as it is cut for the classifiers. */
  readonly box: PixelBox
}

export type SimulatedFilm = {
  readonly rows: number
  readonly columns: number
  readonly pixels: Uint16Array
  readonly bitsStored: number
  readonly photometric: Acquisition['photometric']
  /** Millimetres for each pixel at the detector. */
  readonly spacingMm: number
  readonly hips: readonly HipTruth[]
}

export type RenderOptions = {
  readonly person: SimulatedPerson
  readonly view: View
  readonly acquisition: Acquisition
  /** Longer edge in pixels. */
  readonly size: number
  readonly random: Random
  readonly condition?: HipPose['condition']
}

/** Enlargement of the hip on the detector. */
const magnification = 1.2

/** Structure of cancellous bone: fine lines that follow the load, broken up by a coarse pattern. */
const structureOf = (random: Random): ThicknessMap['structure'] => {
  const coarse = createSmoothNoise(random)
  const fine = createSmoothNoise(random)
  return (x, y) => {
    const bend = 2.5 * coarse(x * 0.45, y * 0.45)
    const lines = Math.sin(7 * (0.8 * x + 0.6 * y) + bend) + 0.7 * Math.sin(6 * (0.55 * y - 0.85 * x) + bend)
    return 0.42 * lines + 0.5 * fine(x * 6, y * 6)
  }
}

/** An empty film over a field of centimetres. */
export const emptyMap = (columns: number, rows: number, widthCm: number, random: Random): ThicknessMap => ({
  rows,
  columns,
  pixelCm: widthCm / columns,
  bone: new Float32Array(rows * columns),
  structure: structureOf(random),
})

/** Soft tissue in centimetres: thickest in the middle of the body, thinning out to the skin. */
export const softTissue = (
  map: ThicknessMap,
  centimetres: number,
  skin: { left: number; right: number },
  random: Random,
): Float32Array => {
  const noise = createSmoothNoise(random)
  const widthCm = map.columns * map.pixelCm
  return Float32Array.from({ length: map.bone.length }, (_, index) => {
    const x = (index % map.columns) * map.pixelCm
    const y = Math.floor(index / map.columns) * map.pixelCm
    const toSkin = Math.min(x - skin.left * widthCm, skin.right * widthCm - x)
    const depth = toSkin <= 0 ? 0 : Math.sqrt(clamp(toSkin / 9, 0, 1))
    return centimetres * depth * (1 + 0.05 * noise(x * 0.16, y * 0.16) + 0.02 * noise(x * 0.9, y * 0.9))
  })
}

type Placing = { readonly side: 'left' | 'right'; readonly head: { x: number; y: number } }

/** On a film the patient faces the reader: the left hip is on its right. */
const placings = (view: View, widthCm: number, heightCm: number, size: number, random: Random): Placing[] => {
  const jitter = (cm: number): number => cm * normalDraw(random)
  if (view === 'pelvis') {
    const half = 9 * size + jitter(0.4)
    const [x, y] = [widthCm / 2 + jitter(1), heightCm * 0.52 + jitter(1)]
    return [
      { side: 'right', head: { x: x - half, y: y + jitter(0.3) } },
      { side: 'left', head: { x: x + half, y: y + jitter(0.3) } },
    ]
  }
  const x = view === 'left' ? widthCm * 0.42 : widthCm * 0.58
  return [{ side: view, head: { x: x + jitter(1), y: heightCm * 0.34 + jitter(1.1) } }]
}

/** The square around the proximal femur: from above the head to below the lesser trochanter. */
const boxOf = (landmarks: HipLandmarks, size: number, lateral: number, pixelCm: number): PixelBox => {
  const edge = 14 * size
  const centre = { x: landmarks.head.x + lateral * 2.6 * size, y: landmarks.head.y + 3.9 * size }
  const toPixels = (cm: number): number => cm / pixelCm
  return {
    x: toPixels(centre.x - edge / 2),
    y: toPixels(centre.y - edge / 2),
    width: toPixels(edge),
    height: toPixels(edge),
  }
}

/** Collimation: what lies outside of the field gets no rays. */
const collimate = (map: ThicknessMap, softCm: Float32Array, random: Random): void => {
  const edges = [random, random, random, random].map((draw) => (draw() < 0.35 ? 0.06 * draw() : 0))
  const [left = 0, right = 0, top = 0, bottom = 0] = edges
  for (let index = 0; index < softCm.length; index += 1) {
    const u = (index % map.columns) / map.columns
    const v = Math.floor(index / map.columns) / map.rows
    if (u < left || u > 1 - right || v < top || v > 1 - bottom) softCm[index] = collimatedCm
  }
}

const scaled = (landmarks: HipLandmarks, pixelCm: number): HipLandmarks => {
  const point = ({ x, y }: { x: number; y: number }) => ({ x: x / pixelCm, y: y / pixelCm })
  return {
    head: point(landmarks.head),
    headRadius: landmarks.headRadius / pixelCm,
    neck: point(landmarks.neck),
    greaterTrochanter: point(landmarks.greaterTrochanter),
    lesserTrochanter: point(landmarks.lesserTrochanter),
    shaft: point(landmarks.shaft),
  }
}

/** Draws a hip film: the same options and the same random numbers give the same bytes on every machine. */
export const renderFilm = (options: RenderOptions): SimulatedFilm => {
  const { person, view, acquisition, random, size } = options
  const isPelvis = view === 'pelvis'
  const columns = isPelvis ? size : Math.round(size * 0.84)
  const rows = isPelvis ? Math.round(size * 0.84) : size
  const widthCm = isPelvis ? 41 + 2 * random() : 22 + 3 * random()
  const map = emptyMap(columns, rows, widthCm, randomFor(person.left.shapeSeed, 'structure'))
  const heightCm = rows * map.pixelCm
  const hips = placings(view, widthCm, heightCm, person.size, random).map(({ side, head }): HipTruth => {
    const lateral = side === 'left' ? 1 : -1
    const hip = side === 'left' ? person.left : person.right
    const pose = { head, lateral, size: person.size, abduction: 0.07 * normalDraw(random) } as const
    const landmarks = drawHip(
      map,
      hip,
      options.condition === undefined ? pose : { ...pose, condition: options.condition },
    )
    return {
      side,
      tScore: hip.tScore,
      landmarks: scaled(landmarks, map.pixelCm),
      box: boxOf(landmarks, person.size, lateral, map.pixelCm),
    }
  })
  const skin = isPelvis
    ? { left: 0.01, right: 0.99 }
    : view === 'left'
      ? { left: -0.5, right: 0.94 }
      : { left: 0.06, right: 1.5 }
  const softCm = softTissue(map, person.softTissueCm, skin, random)
  collimate(map, softCm, random)
  return {
    rows,
    columns,
    pixels: exposeFilm(map, softCm, acquisition, random),
    bitsStored: acquisition.bitsStored,
    photometric: acquisition.photometric,
    spacingMm: map.pixelCm * 10 * magnification,
    hips,
  }
}
