import type { Random } from '../clinics/seeded-random.ts'
import { addTrunk } from './body-outline.ts'
import { drawFemur, type HipLandmarks, type HipPose, placingOf } from './draw-femur.ts'
import { addCondition, openGrowthPlates, openThinPlates } from './draw-hardware.ts'
import { addLimb } from './draw-limb.ts'
import { drawHipBone, drawSpine } from './draw-pelvis.ts'
import { addFemurLines, drawWholeHipBone } from './draw-whole-pelvis.ts'
import { drawWholeSpine } from './draw-whole-spine.ts'
import { radians } from './exact-maths.ts'
import { type Acquisition, collimatedCm, exposeFilm } from './expose-film.ts'
import { addFault, type FilmFault } from './film-faults.ts'
import { emptyGrid, type FilmGrid, type Point } from './film-grid.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import type { SimulatedHip, SimulatedPerson } from './person.ts'
import { addSideMarker, type SideMarker } from './side-marker.ts'
import { addSoftParts } from './soft-parts.ts'
import { scratchFor } from './solid-bone.ts'

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
  readonly condition: SimulatedHip['condition']
  readonly landmarks: HipLandmarks
  /** The proximal femur as it is cut for the classifiers. */
  readonly box: PixelBox
}

/** A film of rows × columns stored values, and the truth about it. */
export type SimulatedFilm = {
  readonly rows: number
  readonly columns: number
  readonly pixels: Uint16Array
  readonly bitsStored: number
  readonly photometric: Acquisition['photometric']
  /** Millimetres for each pixel at the detector. */
  readonly spacingMm: number
  readonly hips: readonly HipTruth[]
  readonly marker?: SideMarker
}

export type RenderOptions = {
  readonly person: SimulatedPerson
  readonly view: View
  readonly acquisition: Acquisition
  /** Longer edge in pixels. */
  readonly size: number
  readonly random: Random
  /** Draws a child's hips with open growth plates; the share of the head's radius that is bone. */
  readonly ossified?: number
  /** Spreads the thighs by so many radians, as in a frog-leg view, which is no AP view. */
  readonly spread?: number
  /** Turns the legs outwards around their length by so many degrees: necks and trochanters lie in front of each other. */
  readonly turned?: number
  /** `whole` draws all that real films show of pelvis and bowel, and frames films as widely as clinics do. */
  readonly anatomy?: 'plain' | 'whole'
  /** What went wrong when the film was taken; what it needs of `random` is drawn last. */
  readonly fault?: FilmFault
}

/** Enlargement of the hip on the detector. */
export const magnification = 1.2

/** Centimetres between the midline and a femoral head of a person of size 1. */
const headToMidline = 9

type Layout = { readonly grid: FilmGrid; readonly middle: Point }

/** From collimated hips to films that show two vertebrae and half of the thighs, tall and wide. */
const layOutWidely = ({ view, size, random, person }: RenderOptions): Layout => {
  const isPelvis = view === 'pelvis'
  const widthCm = (isPelvis ? 31 + 13 * random() : 15 + 14 * random()) * person.size
  const shape = isPelvis ? 0.62 + 0.55 * random() : 0.9 + 1.1 * random()
  const pixelCm = (widthCm * Math.max(1, shape)) / size
  const grid = emptyGrid(Math.round((widthCm * shape) / pixelCm), Math.round(widthCm / pixelCm), pixelCm)
  const [width, height] = [grid.columns * pixelCm, grid.rows * pixelCm]
  // The head and what the landmarks need below it stay on the film.
  const above = clamp(0.5 + 0.11 * normalDraw(random), 0.12, 0.85) * height
  const y = Math.max(4 * person.size, Math.min(above, height - 9.5 * person.size))
  const slack = 0.5 * (width - 2 * (headToMidline + 8.5) * person.size)
  if (isPelvis) return { grid, middle: { x: width / 2 + Math.max(0.4, slack) * (random() - 0.5), y } }
  const lateral = view === 'left' ? 1 : -1
  const across = clamp(0.5 + 0.09 * normalDraw(random), 0.3, 0.7) * width
  const x = clamp(across, 4.5 * person.size, width - 4.5 * person.size) - lateral * 1.5 * person.size
  return { grid, middle: { x: x - lateral * headToMidline * person.size, y } }
}

/** On a film the patient faces the reader: the left hip is on its right. */
const layOut = (options: RenderOptions): Layout => {
  if (options.anatomy === 'whole') return layOutWidely(options)
  const { view, size, random, person } = options
  const jitter = (cm: number): number => cm * normalDraw(random)
  const isPelvis = view === 'pelvis'
  const shape = isPelvis ? 0.78 + 0.12 * random() : 0.74 + 0.2 * random()
  const columns = isPelvis ? size : Math.round(size * shape)
  const rows = isPelvis ? Math.round(size * shape) : size
  const heightCm = isPelvis ? 0 : 25 + 7 * random()
  const widthCm = isPelvis ? (37 + 6 * random()) * person.size : heightCm * (columns / rows)
  const pixelCm = widthCm / columns
  const grid = emptyGrid(rows, columns, pixelCm)
  const height = rows * pixelCm
  if (isPelvis) return { grid, middle: { x: widthCm / 2 + jitter(0.7), y: height * 0.5 + jitter(0.9) } }
  const lateral = view === 'left' ? 1 : -1
  const head = { x: widthCm * (0.5 - lateral * 0.08) + jitter(0.8), y: height * 0.36 + jitter(0.9) }
  return {
    grid,
    middle: { x: head.x - lateral * headToMidline * person.size, y: head.y },
  }
}

/** The square around the proximal femur: from above the head to below the lesser trochanter. */
const boxOf = ({ head }: HipLandmarks, { size, lateral }: HipPose, pixelCm: number): PixelBox => {
  const edge = 14 * size
  const left = head.x + lateral * 2.6 * size - edge / 2
  const top = head.y + 3.9 * size - edge / 2
  return { x: left / pixelCm, y: top / pixelCm, width: edge / pixelCm, height: edge / pixelCm }
}

const scaled = (landmarks: HipLandmarks, factor: number): HipLandmarks => {
  const point = ({ x, y }: Point) => ({ x: x * factor, y: y * factor })
  return {
    head: point(landmarks.head),
    headRadius: landmarks.headRadius * factor,
    neck: point(landmarks.neck),
    greaterTrochanter: point(landmarks.greaterTrochanter),
    lesserTrochanter: point(landmarks.lesserTrochanter),
    shaft: point(landmarks.shaft),
  }
}

/** Lead around the field: what it covers gets no rays. */
export const collimate = (grid: FilmGrid, random: Random): void => {
  const [left, right, top, bottom] = [0, 0, 0, 0].map(() => {
    const width = 0.05 * random()
    return random() < 0.35 ? width : 0
  })
  const firstRow = (top ?? 0) * grid.rows
  const lastRow = (1 - (bottom ?? 0)) * grid.rows
  const firstColumn = (left ?? 0) * grid.columns
  const lastColumn = (1 - (right ?? 0)) * grid.columns
  for (let row = 0; row < grid.rows; row += 1)
    for (let column = 0; column < grid.columns; column += 1)
      if (row < firstRow || row > lastRow || column < firstColumn || column > lastColumn)
        grid.soft[row * grid.columns + column] = collimatedCm
}

/** Soft tissue of a thigh that is spread, around its bone. */
const addSpreadThigh = (grid: FilmGrid, pose: HipPose, spread: number): void => {
  const place = placingOf({ ...pose, spread })
  const radii = [8.2 * pose.size, 6.8 * pose.size] as const
  addLimb(grid, place({ x: 3, y: 4 }), place({ x: 2, y: 34 }), radii)
}

/** Draws all bones; answers the truth about the hips that the view is of. */
const drawHips = (options: RenderOptions, { grid, middle }: Layout): HipTruth[] => {
  const { person, view, acquisition, random, spread = 0 } = options
  const { mean, sd } = acquisition.rotationDeg
  const scratch = scratchFor(grid)
  const build = { shapeSeed: person.shapeSeed }
  const isWhole = options.anatomy === 'whole'
  if (isWhole) drawWholeSpine(grid, build, middle, person.size)
  else drawSpine(grid, scratch, build, middle, person.size)
  const truths: HipTruth[] = []
  for (const side of ['right', 'left'] as const) {
    const lateral = side === 'left' ? 1 : -1
    const [abduction, height] = [0.06 * normalDraw(random), 0.2 * normalDraw(random)]
    const head = { x: middle.x + lateral * headToMidline * person.size, y: middle.y + height }
    const pose: HipPose = {
      head,
      lateral,
      size: person.size,
      abduction: clamp(isWhole ? 1.7 * abduction : abduction, -0.2, 0.2),
      rotation: radians(clamp(mean + sd * normalDraw(random), -20, 30) - (options.turned ?? 0)),
    }
    if (isWhole) drawWholeHipBone(grid, build, pose)
    else drawHipBone(grid, scratch, build, pose)
    // The other thigh of a film of one hip lies outside of it.
    if (view !== 'pelvis' && view !== side) continue
    const hip = side === 'left' ? person.left : person.right
    const landmarks = drawFemur(grid, scratch, hip, { ...pose, spread })
    if (isWhole) addFemurLines(grid, build, { ...pose, spread }, landmarks)
    if (spread > 0) addSpreadThigh(grid, pose, spread)
    addCondition(grid, hip.condition, landmarks, pose)
    if (options.ossified !== undefined) {
      if (isWhole) openThinPlates(grid, pose, options.ossified, random)
      else openGrowthPlates(grid, pose, options.ossified)
    }
    const { tScore, condition } = hip
    const box = boxOf(landmarks, pose, grid.pixelCm)
    truths.push({ side, tScore, condition, landmarks: scaled(landmarks, 1 / grid.pixelCm), box })
  }
  return truths
}

const layMarker = ({ view, random, fault }: RenderOptions, grid: FilmGrid): SideMarker | undefined => {
  const isWrong = fault === 'wrong-marker'
  if (random() < 0.3 && !isWrong) return undefined
  const side = view === 'pelvis' ? (random() < 0.5 ? 'left' : 'right') : view
  const edge = 0.04 + 0.05 * random()
  const letter = isWrong ? (side === 'left' ? 'right' : 'left') : side
  const at = { u: side === 'left' ? 0.94 - edge : edge, v: 0.06 + 0.8 * random() }
  return addSideMarker(grid, letter, at, random)
}

/** Lays a fault over the first hip of the film. */
const layFault = ({ fault, random }: RenderOptions, grid: FilmGrid, hips: readonly HipTruth[]): void => {
  const [hip] = hips
  if (fault !== undefined && hip !== undefined)
    addFault(grid, fault, scaled(hip.landmarks, grid.pixelCm), random)
}

const misexposureOf = ({ fault }: RenderOptions): Pick<Acquisition, 'misexposed'> => {
  if (fault === 'under-exposed') return { misexposed: 'under' }
  return fault === 'over-exposed' ? { misexposed: 'over' } : {}
}

/** Draws a hip film: the same options and the same random numbers give the same bytes on every machine. */
export const renderFilm = (options: RenderOptions): SimulatedFilm => {
  const { person, acquisition, random } = options
  const layout = layOut(options)
  const { grid } = layout
  const { softTissueCm: thicknessCm, size } = person
  const withoutThighs = (options.spread ?? 0) > 0
  const body = { middle: layout.middle, thicknessCm, size, withoutThighs }
  addTrunk(grid, body, random)
  if (options.anatomy === 'whole') addSoftParts(grid, body, random)
  const hips = drawHips(options, layout)
  const marker = layMarker(options, grid)
  collimate(grid, random)
  layFault(options, grid, hips)
  return {
    rows: grid.rows,
    columns: grid.columns,
    pixels: exposeFilm(grid, { ...acquisition, ...misexposureOf(options) }, random),
    bitsStored: acquisition.bitsStored,
    photometric: acquisition.photometric,
    spacingMm: grid.pixelCm * 10 * magnification,
    hips,
    ...(marker === undefined ? {} : { marker }),
  }
}
