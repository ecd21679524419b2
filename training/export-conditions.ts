/**
 * Draws simulated hips, sound and not, and writes what the networks for conditions, landmarks and side markers learn
 * from: crops of hips and thumbnails of whole films, cut by the code that cuts them in production, what is wrong with each
 * hip, where its landmarks lie, and which letter lies where. `node training/export-conditions.ts OUT_DIR WORLD SEED FILMS [whole
 * [MARGIN [unread]]]`
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cropRegion, type Thumbnail, thumbnailOf } from '../src/imaging/picture/crop-region.ts'
import type { HipSign } from '../src/inference/packages/model-manifest.ts'
import { oneOf, type Random, randomFor } from '../src/simulation/clinics/seeded-random.ts'
import type { HipCondition } from '../src/simulation/films/conditions.ts'
import { sampleAcquisition } from '../src/simulation/films/devices.ts'
import { type FilmFault, filmFaults } from '../src/simulation/films/film-faults.ts'
import { samplePerson } from '../src/simulation/films/person.ts'
import { greyOf } from '../src/simulation/films/picture-of.ts'
import {
  type HipTruth,
  magnification,
  type PixelBox,
  renderFilm,
  type SimulatedFilm,
} from '../src/simulation/films/render-film.ts'
import { renderRefusedFilm } from '../src/simulation/films/render-refused.ts'
import type { SideMarker } from '../src/simulation/films/side-marker.ts'
import { jitteredBox } from './jittered-box.ts'

const [
  out = 'training/data/conditions',
  worldName = 'hospital',
  seedText = '1',
  filmText = '100',
  anatomyName = 'plain',
  marginText = '1',
  what = 'hips',
] = process.argv.slice(2)
const world = worldName === 'external' ? 'external' : 'hospital'
const anatomy = anatomyName === 'whole' ? 'whole' : 'plain'
const seed = Number(seedText)
/** How much more than the hip's box a crop shows, for training to move and scale it. */
const margin = Number(marginText)
const cropSize = Math.round(128 * margin)
const thumbSize = 384

/** Six of ten hips are sound, or have what is read all the same. */
const conditions: readonly HipCondition[] = [
  ...Array.from({ length: 9 }, () => 'none' as const),
  ...Array.from({ length: 3 }, () => 'osteoarthritis' as const),
  ...(['old-fracture', 'fresh-fracture'] as const).flatMap((each) => [each, each]),
  ...(['prosthesis', 'cemented-prosthesis', 'cemented-prosthesis', 'screws'] as const),
]

const signsOfCondition: Readonly<Partial<Record<HipCondition, readonly HipSign[]>>> = {
  'old-fracture': ['fracture'],
  'fresh-fracture': ['fracture'],
  prosthesis: ['implant'],
  'cemented-prosthesis': ['implant', 'cement'],
  screws: ['implant'],
}

/** An object lies over the first hip; lead and a wrong dose are seen on all. */
const signsOfFault = (fault: FilmFault | undefined, isFirst: boolean): readonly HipSign[] => {
  if (fault === 'cut-off') return ['cutOff']
  if (fault === 'under-exposed' || fault === 'over-exposed') return ['exposure']
  const isObject = fault === 'coin' || fault === 'zipper' || fault === 'ecg-lead'
  return isObject && isFirst ? ['object'] : []
}

/** Points as shares of the crop's edge, as the crop shows them: of a right hip mirrored. */
const landmarksOf = ({ landmarks, side }: HipTruth, box: PixelBox) => {
  const { headRadius, ...points } = landmarks
  const placed = Object.entries(points).map(([name, { x, y }]) => {
    const across = (x - box.x) / box.width
    return [name, [side === 'right' ? 1 - across : across, (y - box.y) / box.height]] as const
  })
  return { ...Object.fromEntries(placed), headRadius: headRadius / box.width }
}

/** Middle and height of a letter in pixels of the thumbnail. */
const markerOf = ({ letter, box }: SideMarker, { scale, offsetX, offsetY }: Thumbnail) => ({
  letter,
  x: (box.x + box.width / 2) / scale + offsetX,
  y: (box.y + box.height / 2) / scale + offsetY,
  height: box.height / scale,
})

const widened = ({ x, y, width, height }: PixelBox): PixelBox => ({
  x: x - ((margin - 1) / 2) * width,
  y: y - ((margin - 1) / 2) * height,
  width: margin * width,
  height: margin * height,
})

/** Hips that must not be read: of children, and of legs that are turned outwards. */
const unread = (random: Random): SimulatedFilm => {
  const acquisition = sampleAcquisition({ world, random })
  const common = { acquisition, size: filmSizeOf(random), random, anatomy } as const
  if (random() < 0.65) return renderRefusedFilm({ ...common, kind: 'child' })
  const view = oneOf(random, ['left', 'right'] as const)
  return renderFilm({ ...common, person: samplePerson({ world, random }), view, turned: 50 + 45 * random() })
}

const filmSizeOf = (random: Random): number => 448 + Math.floor(320 * random())

const hipsOf = (random: Random): { film: SimulatedFilm; fault: FilmFault | undefined } => {
  const sampled = samplePerson({ world, random, hospitalMix: true })
  const person = {
    ...sampled,
    left: { ...sampled.left, condition: oneOf(random, conditions) },
    right: { ...sampled.right, condition: oneOf(random, conditions) },
  }
  const fault = random() < 0.4 ? oneOf(random, filmFaults) : undefined
  return {
    fault,
    film: renderFilm({
      person,
      view: oneOf(random, ['left', 'right', 'pelvis', 'pelvis'] as const),
      acquisition: sampleAcquisition({ world, random }),
      size: filmSizeOf(random),
      random,
      anatomy,
      ...(fault === undefined ? {} : { fault }),
    }),
  }
}

mkdirSync(out, { recursive: true })
const crops = openSync(join(out, 'crops.u8'), 'w')
const thumbs = openSync(join(out, 'thumbs.u8'), 'w')
const labels: object[] = []
const films: object[] = []
for (let index = 0; index < Number(filmText); index += 1) {
  const random = randomFor(seed, world, 'conditions', index)
  const drawn = what === 'unread' ? { film: unread(random) } : hipsOf(random)
  const { film, fault } = { fault: undefined, ...drawn }
  const grey = greyOf(film)
  const thumb = thumbnailOf(grey, thumbSize)
  writeSync(thumbs, thumb.image)
  films.push({ fault, marker: film.marker === undefined ? null : markerOf(film.marker, thumb) })
  for (const [place, hip] of film.hips.entries()) {
    const box = widened(jitteredBox(hip, random, { scale: 0.04, place: 0.025 }))
    writeSync(crops, cropRegion(grey, box, cropSize, hip.side === 'right'))
    const signs = [...(signsOfCondition[hip.condition] ?? []), ...signsOfFault(fault, place === 0)]
    labels.push({
      ...{ person: index, side: hip.side, tScore: hip.tScore, condition: hip.condition, fault, signs },
      landmarks: landmarksOf(hip, box),
      /** Millimetres in the plane of the bone. */
      edgeMm: (box.width * film.spacingMm) / magnification,
    })
  }
  if (index % 100 === 99) console.error(`${index + 1} films`)
}
closeSync(crops)
closeSync(thumbs)
writeFileSync(
  join(out, 'labels.json'),
  JSON.stringify({ world, seed, cropSize, margin, thumbSize, crops: labels, films }),
)
