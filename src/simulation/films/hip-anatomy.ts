import { type Random, randomFor } from '../clinics/seeded-random.ts'
import { addCapsule, addEllipsoid, type Point, type ThicknessMap } from './bone-shapes.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import type { SimulatedHip } from './person.ts'

/** Points of a drawn hip, in centimetres on the film. */
export type HipLandmarks = {
  readonly head: Point
  readonly headRadius: number
  readonly neck: Point
  readonly greaterTrochanter: Point
  readonly lesserTrochanter: Point
  readonly shaft: Point
}

export type HipPose = {
  /** Where the middle of the femoral head is, in centimetres. */
  readonly head: Point
  /** 1 where the thigh bone lies to the right of the head on the image, −1 where it lies to the left. */
  readonly lateral: 1 | -1
  readonly size: number
  /** Radians by which the leg is turned outwards on the image. */
  readonly abduction: number
  readonly condition?: 'prosthesis' | 'fracture' | 'open-growth-plates'
}

/** What density does to a hip, with a scatter of its own for each sign: no single one tells T well. */
type Signs = {
  cortex: number
  neckCortex: number
  fill: number
  texture: number
  shaftRadius: number
  angle: number
}

const headRadiusCm = 2.35

const signsOf = (appearance: number, random: Random): Signs => ({
  // Cortical index correlates with T at about .58, canal-to-bone ratio at −.63 (Sah 2007; Yeung 2006).
  cortex: clamp(0.62 + 0.085 * appearance + 0.075 * normalDraw(random), 0.14, 1),
  neckCortex: clamp(0.2 + 0.022 * appearance + 0.02 * normalDraw(random), 0.06, 0.4),
  fill: clamp(0.215 + 0.026 * appearance + 0.014 * normalDraw(random), 0.05, 0.4),
  // The trabecular groups fade as density falls (Singh 1970).
  texture: clamp(0.5 + 0.085 * appearance + 0.05 * normalDraw(random), 0.08, 0.9),
  shaftRadius: 1.55 + 0.07 * normalDraw(random),
  // Neck–shaft angle 129° (sd 6).
  angle: ((129 + 6 * normalDraw(random)) * Math.PI) / 180,
})

type Mix = (p: Point) => Point

/** Places of the thigh bone relative to the head, for a left hip; x grows away from the body. */
const femurPoints = ({ size, abduction }: HipPose, angle: number) => {
  const bend = Math.PI - angle
  const junction = { x: 4.9 * size * Math.sin(bend), y: 4.9 * size * Math.cos(bend) }
  const down = { x: Math.sin(abduction - 0.09), y: Math.cos(abduction - 0.09) }
  const below = (cm: number): Point => ({
    x: junction.x + cm * size * down.x,
    y: junction.y + cm * size * down.y,
  })
  const lesser = below(3)
  return {
    head: { x: 0, y: 0 },
    neck: { x: junction.x * 0.5, y: junction.y * 0.5 },
    junction,
    greater: { x: junction.x + 1.15 * size, y: junction.y - 1.5 * size },
    lesser: { x: lesser.x - 1.25 * size, y: lesser.y },
    shaft: below(6),
    end: below(26),
  }
}

const drawFemur = (
  map: ThicknessMap,
  { size, lateral }: HipPose,
  signs: Signs,
  at: ReturnType<typeof femurPoints>,
  mix: Mix,
): void => {
  const inside = { fill: signs.fill, texture: signs.texture }
  const radius = signs.shaftRadius * size
  const shaft = {
    fromRadius: radius * 1.2,
    toRadius: radius * 0.95,
    shell: signs.cortex * size,
    fillReach: 0.28,
  }
  const neck = { fromRadius: 1.75 * size, toRadius: 1.95 * size, shell: signs.neckCortex, fillReach: 2.5 }
  const greater = { radiusX: 1.5 * size, radiusY: 2.1 * size, radiusZ: 1.5 * size, angle: 0.25 * lateral }
  const lesser = { radiusX: 0.75 * size, radiusY: 1.2 * size, radiusZ: 0.9 * size, angle: -0.3 * lateral }
  const headRadius = headRadiusCm * size
  const head = { radiusX: headRadius, radiusY: headRadius, radiusZ: headRadius, angle: 0, shell: 0.1 * size }
  addCapsule(map, { ...inside, ...shaft, from: mix(at.junction), to: mix(at.end) })
  addCapsule(map, { ...inside, ...neck, from: mix(at.head), to: mix(at.junction) })
  addEllipsoid(map, { ...inside, ...greater, centre: mix(at.greater), shell: signs.neckCortex * 0.6 })
  addEllipsoid(map, { ...inside, ...lesser, centre: mix(at.lesser), shell: signs.neckCortex * 0.7 })
  addEllipsoid(map, { ...inside, ...head, centre: mix(at.head), fill: signs.fill * 1.25 })
}

/** Acetabulum, ilium, ischium and pubis, as plates and tubes that partly lie over the head. */
const drawPelvis = (
  map: ThicknessMap,
  { size, lateral }: HipPose,
  fill: number,
  mix: (p: Point) => Point,
): void => {
  const plate = { shell: 0.12, fill: fill * 0.8, texture: 0.3 }
  const at = (x: number, y: number): Point => mix({ x: x * size, y: y * size })
  addEllipsoid(
    map,
    { ...plate, centre: at(-0.9, -1.2), radiusX: 3.1 * size, radiusY: 2.9 * size, radiusZ: 0.75, angle: 0 },
    true,
  )
  addEllipsoid(
    map,
    {
      ...plate,
      centre: at(-1.6, -8),
      radiusX: 4.6 * size,
      radiusY: 7 * size,
      radiusZ: 0.55,
      angle: -0.35 * lateral,
    },
    true,
  )
  addEllipsoid(
    map,
    {
      ...plate,
      centre: at(-2.3, -3.4),
      radiusX: 2.2 * size,
      radiusY: 3 * size,
      radiusZ: 0.8,
      angle: -0.5 * lateral,
    },
    true,
  )
  const tube = { shell: 0.16, fill: fill * 0.7, texture: 0.2, fillReach: 3 }
  addCapsule(map, {
    ...tube,
    from: at(-2.4, -0.4),
    to: at(-8.2, 2.6),
    fromRadius: 1.1 * size,
    toRadius: 0.85 * size,
  })
  addCapsule(map, {
    ...tube,
    from: at(-2.6, 2.2),
    to: at(-4.2, 6),
    fromRadius: 1.2 * size,
    toRadius: 1.35 * size,
  })
  addCapsule(map, {
    ...tube,
    from: at(-4.2, 6),
    to: at(-8.2, 3.6),
    fromRadius: 1 * size,
    toRadius: 0.75 * size,
  })
}

/** Metal is far denser than bone: its thickness counts several times. */
const drawProsthesis = (map: ThicknessMap, { size }: HipPose, mix: (p: Point) => Point): void => {
  const metal = { shell: 4, fill: 1, texture: 0, fillReach: 9 }
  const scaled = { ...map, bone: new Float32Array(map.bone.length) }
  addEllipsoid(scaled, {
    ...metal,
    shell: 1.5,
    centre: mix({ x: 0, y: 0 }),
    radiusX: 1.6,
    radiusY: 1.6,
    radiusZ: 1.6,
    angle: 0,
  })
  addCapsule(scaled, {
    ...metal,
    from: mix({ x: 0, y: 0 }),
    to: mix({ x: 3.4 * size, y: 3.6 * size }),
    fromRadius: 0.7,
    toRadius: 0.9,
  })
  addCapsule(scaled, {
    ...metal,
    from: mix({ x: 3.4 * size, y: 3.4 * size }),
    to: mix({ x: 3 * size, y: 15 * size }),
    fromRadius: 1,
    toRadius: 0.5,
  })
  for (let index = 0; index < map.bone.length; index += 1)
    map.bone[index] = (map.bone[index] ?? 0) + 6 * (scaled.bone[index] ?? 0)
}

/** A gap in the head and one below the greater trochanter: cartilage that has not turned to bone yet. */
const openGrowthPlates = (map: ThicknessMap, { size }: HipPose, mix: (p: Point) => Point): void => {
  const gap = { ...map, bone: new Float32Array(map.bone.length) }
  const line = { shell: 1, fill: 1, texture: 0, fillReach: 2, fromRadius: 0.22, toRadius: 0.22 }
  addCapsule(gap, {
    ...line,
    from: mix({ x: -0.6 * size, y: 2.3 * size }),
    to: mix({ x: 2.3 * size, y: -0.6 * size }),
  })
  addCapsule(gap, {
    ...line,
    from: mix({ x: 3 * size, y: 0.4 * size }),
    to: mix({ x: 6 * size, y: 2.4 * size }),
  })
  for (let index = 0; index < map.bone.length; index += 1)
    if ((gap.bone[index] ?? 0) > 0.05) map.bone[index] = 0.12 * (map.bone[index] ?? 0)
}

/** Draws one hip; the same hip looks the same on every film but for its pose. */
export const drawHip = (map: ThicknessMap, hip: SimulatedHip, pose: HipPose): HipLandmarks => {
  const signs = signsOf(hip.appearance, randomFor(hip.shapeSeed, 'shape'))
  const mix = ({ x, y }: Point): Point => ({ x: pose.head.x + pose.lateral * x, y: pose.head.y + y })
  const at = femurPoints(pose, signs.angle)
  drawFemur(map, pose, signs, at, mix)
  drawPelvis(map, pose, signs.fill, mix)
  if (pose.condition === 'prosthesis') drawProsthesis(map, pose, mix)
  if (pose.condition === 'open-growth-plates') openGrowthPlates(map, pose, mix)
  return {
    head: mix(at.head),
    headRadius: headRadiusCm * pose.size,
    neck: mix(at.neck),
    greaterTrochanter: mix(at.greater),
    lesserTrochanter: mix(at.lesser),
    shaft: mix(at.shaft),
  }
}
