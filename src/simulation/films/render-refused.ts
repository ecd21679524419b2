import type { Random } from '../clinics/seeded-random.ts'
import { drawKnees } from './draw-knees.ts'
import { drawOtherLimb } from './draw-other-limb.ts'
import { drawChest, drawLateralHip } from './draw-other-parts.ts'
import { type Acquisition, exposeFilm } from './expose-film.ts'
import { emptyGrid, type FilmGrid } from './film-grid.ts'
import { samplePerson } from './person.ts'
import { collimate, magnification, renderFilm, type SimulatedFilm, type View } from './render-film.ts'
import { addSideMarker } from './side-marker.ts'
import { createSmoothNoise } from './smooth-noise.ts'
import { type Scratch, scratchFor } from './solid-bone.ts'

/** Films that must be refused. */
export const refusedKinds = ['knee', 'limb', 'chest', 'photograph', 'lateral', 'child', 'implants'] as const
export type RefusedKind = (typeof refusedKinds)[number]

export type RefusedOptions = {
  readonly kind: RefusedKind
  readonly acquisition: Acquisition
  /** Longer edge in pixels. */
  readonly size: number
  readonly random: Random
  /** As in `RenderOptions`. */
  readonly anatomy?: 'plain' | 'whole'
}

/** Rectangles and shades of grey as in pictures of anything else. */
const photograph = ({ random, size, acquisition }: RefusedOptions): SimulatedFilm => {
  const [columns, rows] = [size, Math.round(size * (0.6 + 0.4 * random()))]
  const noise = createSmoothNoise(random)
  const [coarse, fine] = [2 + 6 * random(), 15 + 40 * random()]
  const shapes = Array.from({ length: 3 + Math.floor(8 * random()) }, () => ({
    x: random(),
    y: random(),
    width: 0.03 + 0.25 * random(),
    height: 0.03 + 0.25 * random(),
    isRound: random() < 0.5,
    level: random(),
  }))
  const top = 2 ** acquisition.bitsStored - 1
  const levelAt = (u: number, v: number): number => {
    const shape = shapes.findLast(({ x, y, width, height, isRound }) => {
      const [a, b] = [(u - x) / width, (v - y) / height]
      return isRound ? a * a + b * b < 1 : Math.abs(a) < 1 && Math.abs(b) < 1
    })
    return (shape?.level ?? 0.5) + 0.25 * noise(u * coarse, v * coarse) + 0.1 * noise(u * fine, v * fine)
  }
  const pixels = Uint16Array.from({ length: rows * columns }, (_, index) => {
    const level = levelAt((index % columns) / columns, Math.floor(index / columns) / rows)
    return top * Math.min(1, Math.max(0, level))
  })
  const { bitsStored, photometric } = acquisition
  return { rows, columns, pixels, bitsStored, photometric, spacingMm: 0.5, hips: [] }
}

type Draw = (grid: FilmGrid, scratch: Scratch, random: Random) => void

const otherPart = (options: RefusedOptions, longerCm: number, draw: Draw): SimulatedFilm => {
  const { size, random, acquisition } = options
  const shape = 0.65 + 0.35 * random()
  const isWide = random() < 0.45
  const [rows, columns] = isWide ? [Math.round(size * shape), size] : [size, Math.round(size * shape)]
  const grid = emptyGrid(rows, columns, longerCm / size)
  draw(grid, scratchFor(grid), random)
  const [u, v] = [0.05 + 0.85 * random(), 0.05 + 0.8 * random()]
  if (random() < 0.6) addSideMarker(grid, random() < 0.5 ? 'left' : 'right', { u, v }, random)
  collimate(grid, random)
  return {
    rows,
    columns,
    pixels: exposeFilm(grid, acquisition, random),
    bitsStored: acquisition.bitsStored,
    photometric: acquisition.photometric,
    spacingMm: grid.pixelCm * 10 * magnification,
    hips: [],
  }
}

/** Mostly both hips, as most films of children and of implants are. */
const viewOf = (random: Random): View =>
  (['left', 'right', 'pelvis', 'pelvis', 'pelvis', 'pelvis'] as const)[Math.floor(random() * 6)] ?? 'pelvis'

const childHips = (options: RefusedOptions): SimulatedFilm => {
  const { random } = options
  const person = {
    ...samplePerson({ world: 'hospital', random }),
    size: 0.45 + (options.anatomy === 'whole' ? 0.55 : 0.35) * random(),
    softTissueCm: 9 + 4 * random(),
  }
  const view = viewOf(random)
  // Those of ten years and more look most like adults.
  const isOlder = options.anatomy === 'whole' && random() < 0.6
  return renderFilm({ ...options, person, view, ossified: isOlder ? 1 : 0.1 + 0.9 * random() })
}

/** Every hip of the film has an implant: nothing is left to read. */
const implantsInAll = (options: RefusedOptions): SimulatedFilm => {
  const { random } = options
  const person = samplePerson({ world: 'hospital', random })
  const condition = random() < 0.6 ? 'prosthesis' : 'cemented-prosthesis'
  const [left, right] = [
    { ...person.left, condition },
    { ...person.right, condition },
  ] as const
  return renderFilm({ ...options, person: { ...person, left, right }, view: viewOf(random) })
}

/** A single hip whose leg is turned outwards, as in an oblique view; spread as well now and then. */
const turnedOut = (options: RefusedOptions): SimulatedFilm => {
  const { random } = options
  const person = samplePerson({ world: 'hospital', random })
  const view = random() < 0.5 ? 'left' : 'right'
  const spread = random() < 0.4 ? { spread: 0.2 + 0.5 * random() } : {}
  return { ...renderFilm({ ...options, person, view, turned: 55 + 40 * random(), ...spread }), hips: [] }
}

/** A hip from the side, or one whose thigh is spread so far that neck and trochanters lie in front of each other. */
const notFromTheFront = (options: RefusedOptions): SimulatedFilm => {
  const { random } = options
  if (options.anatomy === 'whole' && random() < 0.6) return turnedOut(options)
  if (random() < 0.5) return otherPart(options, 26 + 8 * random(), drawLateralHip)
  const person = samplePerson({ world: 'hospital', random })
  return {
    ...renderFilm({ ...options, person, view: viewOf(random), spread: 0.5 + 0.5 * random() }),
    hips: [],
  }
}

/** Draws a film that must be refused. Children and implants are hips, and say where they are. */
export const renderRefusedFilm = (options: RefusedOptions): SimulatedFilm => {
  const { kind, random } = options
  switch (kind) {
    case 'knee':
      return otherPart(options, 20 + 40 * random(), drawKnees)
    case 'limb':
      return otherPart(options, 15 + 35 * random(), drawOtherLimb)
    case 'chest':
      return otherPart(options, 38 + 6 * random(), drawChest)
    case 'lateral':
      return notFromTheFront(options)
    case 'photograph':
      return photograph(options)
    case 'child':
      return childHips(options)
    case 'implants':
      return implantsInAll(options)
  }
}
