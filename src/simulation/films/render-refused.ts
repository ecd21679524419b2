import { type Random } from '../clinics/seeded-random.ts'
import { addCapsule, addEllipsoid, type ThicknessMap } from './bone-shapes.ts'
import { type Acquisition, exposeFilm } from './expose-film.ts'
import { normalDraw } from './normal-draw.ts'
import { samplePerson } from './person.ts'
import { emptyMap, renderFilm, type SimulatedFilm, softTissue } from './render-film.ts'
import { createSmoothNoise } from './smooth-noise.ts'

/** Films that must be refused. */
export const refusedKinds = ['knee', 'chest', 'photograph', 'lateral', 'child', 'implants'] as const
export type RefusedKind = (typeof refusedKinds)[number]

export type RefusedOptions = {
  readonly kind: RefusedKind
  readonly acquisition: Acquisition
  readonly size: number
  readonly random: Random
}

const bone = { shell: 0.3, fill: 0.2, texture: 0.5, fillReach: 1 }

/** One knee: thigh bone with its condyles, shin bone, fibula, patella. */
const drawOneKnee = (map: ThicknessMap, x: number, joint: number, scale: number, tilt: number): void => {
  const height = map.rows * map.pixelCm
  const long = { ...bone, shell: 0.45 * scale, fillReach: 0.5, fromRadius: 2.6 * scale }
  const condyle = {
    ...bone,
    radiusX: 2.1 * scale,
    radiusY: 2 * scale,
    radiusZ: 2.3 * scale,
    angle: 0,
    shell: 0.12,
  }
  const plateau = {
    ...bone,
    radiusX: 4 * scale,
    radiusY: 1.7 * scale,
    radiusZ: 2.2 * scale,
    angle: 0,
    shell: 0.15,
  }
  const patella = { ...bone, radiusX: 1.8 * scale, radiusY: 2 * scale, radiusZ: 0.8, angle: 0 }
  addCapsule(map, {
    ...long,
    from: { x, y: joint - 3 * scale },
    to: { x: x + tilt, y: -3 },
    toRadius: 1.4 * scale,
  })
  for (const side of [-1, 1])
    addEllipsoid(map, { ...condyle, centre: { x: x + side * 1.9 * scale, y: joint - 1.9 * scale } })
  addEllipsoid(map, { ...plateau, centre: { x, y: joint + 1.9 * scale } })
  const shin = { x: x - tilt, y: height + 3 }
  addCapsule(map, { ...long, from: { x, y: joint + 2.5 * scale }, to: shin, toRadius: 1.3 * scale })
  const fibula = {
    from: { x: x + 3.6 * scale, y: joint + 3.4 * scale },
    to: { x: x + 3.2 * scale, y: height + 3 },
  }
  addCapsule(map, { ...bone, ...fibula, fromRadius: 0.9 * scale, toRadius: 0.6 * scale })
  addEllipsoid(map, { ...patella, centre: { x, y: joint - 3 * scale } }, true)
}

const drawKnee = (map: ThicknessMap, random: Random): void => {
  const width = map.columns * map.pixelCm
  const both = random() < 0.35
  const centres = both ? [width * 0.27, width * 0.73] : [width * (0.45 + 0.1 * random())]
  const scale = both ? 0.8 : 1.1 + 0.2 * random()
  const joint = map.rows * map.pixelCm * (0.45 + 0.1 * random())
  for (const x of centres) drawOneKnee(map, x, joint, scale, 0.6 * normalDraw(random))
}

const drawChest = (map: ThicknessMap, random: Random): void => {
  const width = map.columns * map.pixelCm
  const height = map.rows * map.pixelCm
  const rib = { shell: 0.12, fill: 0.2, texture: 0.2, fillReach: 3, fromRadius: 0.5, toRadius: 0.45 }
  addCapsule(map, {
    ...rib,
    shell: 0.4,
    from: { x: width / 2, y: 0 },
    to: { x: width / 2, y: height },
    fromRadius: 1.7,
    toRadius: 1.9,
  })
  for (let index = 0; index < 10; index += 1) {
    const y = height * (0.08 + 0.08 * index)
    for (const side of [-1, 1])
      addCapsule(map, {
        ...rib,
        from: { x: width / 2 + side * 1.5, y },
        to: { x: width / 2 + side * width * 0.42, y: y + height * (0.08 + 0.02 * random()) },
      })
  }
}

/** Lungs hold air: the beam meets less. */
const thinLungs = (map: ThicknessMap, softCm: Float32Array): void => {
  for (let index = 0; index < softCm.length; index += 1) {
    const u = (index % map.columns) / map.columns
    const v = Math.floor(index / map.columns) / map.rows
    const nearest = Math.min(
      Math.hypot((u - 0.27) / 0.17, (v - 0.45) / 0.36),
      Math.hypot((u - 0.73) / 0.17, (v - 0.45) / 0.36),
    )
    if (nearest < 1) softCm[index] = (softCm[index] ?? 0) * 0.35
  }
}

const drawLateral = (map: ThicknessMap, random: Random): void => {
  const width = map.columns * map.pixelCm
  const height = map.rows * map.pixelCm
  const y = height * (0.45 + 0.1 * random())
  const x = width * (0.3 + 0.1 * random())
  addEllipsoid(map, { ...bone, centre: { x, y }, radiusX: 2.5, radiusY: 2.5, radiusZ: 3.5, angle: 0 })
  addCapsule(map, {
    ...bone,
    shell: 0.5,
    from: { x, y },
    to: { x: width + 4, y: y + 4 * normalDraw(random) },
    fromRadius: 2,
    toRadius: 1.5,
    fillReach: 0.3,
  })
  addEllipsoid(
    map,
    { ...bone, centre: { x: x - 3, y: y - 2 }, radiusX: 5, radiusY: 6, radiusZ: 2.5, angle: 0.5 },
    true,
  )
}

const fromMap = (map: ThicknessMap, softCm: Float32Array, options: RefusedOptions): SimulatedFilm => ({
  rows: map.rows,
  columns: map.columns,
  pixels: exposeFilm(map, softCm, options.acquisition, options.random),
  bitsStored: options.acquisition.bitsStored,
  photometric: options.acquisition.photometric,
  spacingMm: map.pixelCm * 12,
  hips: [],
})

/** A picture of something else: soft shapes and edges without any bone. */
const photograph = (options: RefusedOptions): SimulatedFilm => {
  const { random, size, acquisition } = options
  const map = emptyMap(size, Math.round(size * (0.6 + 0.4 * random())), 30, random)
  const noise = createSmoothNoise(random)
  const top = 2 ** acquisition.bitsStored - 1
  const edges = Array.from({ length: 5 }, () => ({
    x: random(),
    y: random(),
    w: 0.1 + 0.3 * random(),
    h: 0.1 + 0.3 * random(),
    level: random(),
  }))
  const pixels = Uint16Array.from({ length: map.rows * map.columns }, (_, index) => {
    const u = (index % map.columns) / map.columns
    const v = Math.floor(index / map.columns) / map.rows
    const box = edges.findLast(
      (edge) => u > edge.x && u < edge.x + edge.w && v > edge.y && v < edge.y + edge.h,
    )
    return (
      top *
      Math.min(
        1,
        Math.max(0, (box?.level ?? 0.5) + 0.25 * noise(u * 4, v * 4) + 0.08 * noise(u * 30, v * 30)),
      )
    )
  })
  return {
    rows: map.rows,
    columns: map.columns,
    pixels,
    bitsStored: acquisition.bitsStored,
    photometric: acquisition.photometric,
    spacingMm: 0.5,
    hips: [],
  }
}

const body = (
  options: RefusedOptions,
  widthCm: number,
  softCm: number,
  draw: (map: ThicknessMap, random: Random) => void,
) => {
  const { size, random } = options
  const map = emptyMap(Math.round(size * (0.75 + 0.25 * random())), size, widthCm, random)
  draw(map, random)
  return { map, soft: softTissue(map, softCm, { left: 0.04, right: 0.96 }, random) }
}

/** Draws a film that must be refused. Children and implants are hips, and say where they are. */
export const renderRefusedFilm = (options: RefusedOptions): SimulatedFilm => {
  const { kind, random, acquisition, size } = options
  switch (kind) {
    case 'knee': {
      const { map, soft } = body(options, 20 + 12 * random(), 11, drawKnee)
      return fromMap(map, soft, options)
    }
    case 'chest': {
      const { map, soft } = body(options, 36, 20, drawChest)
      thinLungs(map, soft)
      return fromMap(map, soft, options)
    }
    case 'lateral': {
      const { map, soft } = body(options, 28, 24, drawLateral)
      return fromMap(map, soft, options)
    }
    case 'photograph':
      return photograph(options)
    case 'child': {
      const person = {
        ...samplePerson({ world: 'hospital', random }),
        size: 0.62 + 0.1 * random(),
        softTissueCm: 11,
      }
      return renderFilm({
        person,
        view: 'pelvis',
        acquisition,
        size,
        random,
        condition: 'open-growth-plates',
      })
    }
    case 'implants': {
      const person = samplePerson({ world: 'hospital', random })
      return renderFilm({ person, view: 'pelvis', acquisition, size, random, condition: 'prosthesis' })
    }
  }
}
