import { type Random, randomFor } from '../clinics/seeded-random.ts'
import { type BoneSigns, signsOf } from './bone-signs.ts'
import { cosine, cosineOfTurns, radians, sine } from './exact-maths.ts'
import type { FilmGrid, Point } from './film-grid.ts'
import { clamp, normalDraw } from './normal-draw.ts'
import type { SimulatedHip } from './person.ts'
import { createSmoothNoise } from './smooth-noise.ts'
import { addBone, type Bar, type Fill, modelBone, type Scratch } from './solid-bone.ts'

/** Points of a hip in centimetres on the film. */
export type HipLandmarks = {
  readonly head: Point
  readonly headRadius: number
  readonly neck: Point
  readonly greaterTrochanter: Point
  readonly lesserTrochanter: Point
  readonly shaft: Point
}

/** Where and how a hip lies on a film. */
export type HipPose = {
  /** Middle of the femoral head in centimetres. */
  readonly head: Point
  /** 1 where the thigh bone lies to the right of the head on the image, −1 where it lies to the left. */
  readonly lateral: 1 | -1
  /** About 1. */
  readonly size: number
  /** Radians by which the leg is turned outwards on the image. */
  readonly abduction: number
  /** Radians by which the leg is turned inwards around its length; about 15° where a film is taken as it should be. */
  readonly rotation: number
  /** Radians by which the whole thigh bone is spread outwards around its head, as in a frog-leg view; 0 without it. */
  readonly spread?: number
}

/** From centimetres of a left hip with its head at the origin to centimetres on the film. */
export type Placing = (point: Point) => Point

/** Places points of a hip of size 1 on the film. */
export const placingOf = ({ head, lateral, size, spread = 0 }: HipPose): Placing => {
  const [cos, sin] = [cosine(spread), sine(spread)]
  return ({ x, y }) => ({
    x: head.x + lateral * size * (cos * x + sin * y),
    y: head.y + size * (cos * y - sin * x),
  })
}

/** Radius of a femoral head of size 1 in centimetres. */
export const headRadiusCm = 2.35

type Frame = {
  readonly neck: Point
  readonly junction: Point
  readonly below: (cm: number) => Point
}

/**
 * Neck–shaft angle 129° (sd 6) and version 9.7° (sd 9.3; both Toogood 2009): the neck points out of the film's plane
 * by its version less the rotation of the leg, so that it looks shorter and steeper. The shaft leans inwards by
 * about 5°.
 */
const frameOf = (pose: HipPose, random: Random): Frame => {
  const bend = radians(180 - clamp(129 + 6 * normalDraw(random), 112, 146))
  const length = 5.1 + 0.2 * normalDraw(random)
  const version = radians(clamp(9.7 + 9.3 * normalDraw(random), -12, 32))
  const across = sine(bend) * cosine(version - pose.rotation)
  const down = cosine(bend)
  const seen = Math.sqrt(across * across + down * down)
  const neck = { x: across / seen, y: down / seen }
  const junction = { x: length * across, y: length * down }
  const lean = pose.abduction - 0.09
  const shaft = { x: sine(lean), y: cosine(lean) }
  return { neck, junction, below: (cm) => ({ x: junction.x + cm * shaft.x, y: junction.y + cm * shaft.y }) }
}

/** How far the lesser trochanter, which points backwards by about 45°, shows beside the shaft; 1 at 10°. */
const lesserTrochanterOf = ({ rotation }: HipPose): number =>
  cosine(radians(45) + rotation) / cosine(radians(55))

type Build = {
  readonly signs: BoneSigns
  readonly frame: Frame
  readonly shaftRadius: number
  readonly lesserShows: number
}

const add = ({ x, y }: Point, dx: number, dy: number): Point => ({ x: x + dx, y: y + dy })

const headAndNeck = ({ signs, frame }: Build): Bar[] => {
  const { neck, junction } = frame
  const thicker = (signs.calcarCm - signs.shellCm) / 2
  const shift = { x: neck.y * thicker, y: -neck.x * thicker }
  const inner = (radius: number) => radius - (signs.calcarCm + signs.shellCm) / 2
  const headInner = headRadiusCm - signs.shellCm
  return [
    {
      from: { x: 0, y: 0 },
      to: { x: 0.35 * neck.x, y: 0.35 * neck.y },
      fromRadius: headRadiusCm,
      toRadius: headRadiusCm - 0.1,
      fromInner: headInner,
      toInner: headInner - 0.1,
    },
    {
      from: { x: 1.2 * neck.x, y: 1.2 * neck.y },
      to: junction,
      fromRadius: 1.62,
      toRadius: 1.8,
      fromInner: inner(1.62),
      toInner: inner(1.8),
      innerShift: shift,
      depth: 0.85,
    },
  ]
}

const trochanters = ({ signs, frame, lesserShows }: Build): Bar[] => {
  const { junction, below } = frame
  const shell = signs.shellCm * 1.3
  const lesser = below(3)
  return [
    {
      from: add(junction, 0.25, 0.4),
      to: add(junction, 1.15, -1.55),
      fromRadius: 1.6,
      toRadius: 0.95,
      fromInner: 1.6 - shell,
      toInner: 0.95 - shell,
    },
    {
      from: add(lesser, -0.7 * lesserShows, -0.3),
      to: add(lesser, -1.4 * lesserShows, 0.1),
      fromRadius: 0.85,
      toRadius: 0.55,
      fromInner: 0.85 - shell,
      toInner: 0.55 - shell,
    },
  ]
}

const shaft = ({ signs, frame, shaftRadius }: Build): Bar[] => {
  const { junction, below } = frame
  const wide = shaftRadius * 1.35
  const canal = shaftRadius * 1.04 * signs.canalRatio
  const isthmus = shaftRadius * 0.96
  const isthmusCanal = isthmus * (1 - signs.corticalIndex)
  return [
    {
      from: junction,
      to: below(5.5),
      fromRadius: wide,
      toRadius: shaftRadius * 1.04,
      fromInner: wide - signs.calcarCm * 0.8,
      toInner: canal,
    },
    {
      from: below(5.5),
      to: below(13),
      fromRadius: shaftRadius * 1.04,
      toRadius: isthmus,
      fromInner: canal,
      toInner: isthmusCanal,
    },
    {
      from: below(13),
      to: below(34),
      fromRadius: isthmus,
      toRadius: shaftRadius,
      fromInner: isthmusCanal,
      toInner: isthmusCanal,
    },
  ]
}

/** 1 on a line and falling to 0 at `width` from it, times fine stripes along it. */
const strand = (distance: number, width: number, perCm: number): number => {
  const share = (distance / width) * (distance / width)
  return share >= 1 ? 0 : (1 - share) * (1 - share) * (1 + 0.35 * cosineOfTurns(distance * perCm + 64))
}

/** Smooth step from 1 below `low` to 0 above `high`. */
const fade = (value: number, low: number, high: number): number => {
  const t = clamp((value - low) / (high - low), 0, 1)
  return 1 - t * t * (3 - 2 * t)
}

/**
 * Share of compact bone at a point of a hip of size 1: cancellous bone that thins out downwards, and the trabecular
 * groups of Ward and Singh: principal compressive from the calcar to the dome of the head, principal tensile in an
 * arch through the upper neck, secondary compressive towards the greater trochanter.
 */
const cancellousBone = (build: Build, random: Random): Fill => {
  const { signs, frame } = build
  const fine = createSmoothNoise(random)
  const { neck, junction } = frame
  const reach = junction.y
  return (x, y) => {
    const along = x * neck.x + y * neck.y
    const inHead = fade(along, 1.2, 2.6)
    const inTrochanter = 1 - fade(along, 2.8, 4.6)
    const mix =
      inHead * signs.headFill +
      (1 - inHead - inTrochanter * (1 - inHead)) * signs.neckFill +
      inTrochanter * (1 - inHead) * signs.trochanterFill
    const left = fade(y - reach, 1.5, 6)
    const compressive = strand((x - 1.1) * 0.93 - (y - 1.8) * -0.33, 1.35, 2.6) * fade(y, 2.2, 4.4)
    const [ax, ay] = [x - 1.8, y - 4.3]
    const tensile = strand(Math.sqrt(ax * ax + ay * ay) - 4.25, 1.05, 2.9) * fade(y, 2.5, 5)
    const secondary = strand((x - 3.9) * 0.86 + (y - 2.4) * 0.5, 1.4, 2.4) * inTrochanter
    const groups =
      0.16 * signs.compressive * compressive +
      0.11 * signs.tensile * tensile +
      0.07 * signs.secondary * secondary
    return left * (mix + groups) * (1 + 0.22 * fine(x * 7, y * 7)) + 0.004
  }
}

/** Draws the proximal femur; the same hip has the same bone on every film. */
export const drawFemur = (
  grid: FilmGrid,
  scratch: Scratch,
  hip: Pick<SimulatedHip, 'appearance' | 'shapeSeed'>,
  pose: HipPose,
): HipLandmarks => {
  const signs = signsOf(hip.appearance, randomFor(hip.shapeSeed, 'signs'))
  const random = randomFor(hip.shapeSeed, 'shape')
  const build = {
    signs,
    frame: frameOf(pose, random),
    shaftRadius: clamp(1.5 + 0.08 * normalDraw(random), 1.25, 1.8),
    lesserShows: lesserTrochanterOf(pose),
  }
  const place = placingOf(pose)
  const shiftOf = placingOf({ ...pose, head: { x: 0, y: 0 } })
  const bars = [...headAndNeck(build), ...trochanters(build), ...shaft(build)].map(
    (bar): Bar => ({
      ...bar,
      from: place(bar.from),
      to: place(bar.to),
      fromRadius: bar.fromRadius * pose.size,
      toRadius: bar.toRadius * pose.size,
      fromInner: Math.max(0, bar.fromInner * pose.size),
      toInner: Math.max(0, bar.toInner * pose.size),
      innerShift: shiftOf(bar.innerShift ?? { x: 0, y: 0 }),
    }),
  )
  const fill = cancellousBone(build, randomFor(hip.shapeSeed, 'texture'))
  const { head, lateral, size, spread = 0 } = pose
  const [cos, sin] = [cosine(spread) / size, sine(spread) / size]
  const onHip: Fill = (x, y) => {
    const [dx, dy] = [(x - head.x) * lateral, y - head.y]
    return fill(cos * dx - sin * dy, sin * dx + cos * dy)
  }
  addBone(grid, modelBone(grid, scratch, bars), onHip, 1 - 0.15 * signs.resorption)
  const { frame } = build
  const lesser = frame.below(3)
  return {
    head,
    headRadius: headRadiusCm * size,
    neck: place({ x: 2.7 * frame.neck.x, y: 2.7 * frame.neck.y }),
    greaterTrochanter: place(add(frame.junction, 1.15, -1.55)),
    lesserTrochanter: place(add(lesser, -1.4 * build.lesserShows, 0)),
    shaft: place(frame.below(6)),
  }
}
