import type { Random } from '../clinics/seeded-random.ts'
import { addLimb, bar } from './draw-limb.ts'
import { cosineOfTurns } from './exact-maths.ts'
import type { FilmGrid, Point } from './film-grid.ts'
import { normalDraw } from './normal-draw.ts'
import { createSmoothNoise } from './smooth-noise.ts'
import { addBone, type Bar, modelBone, type Scratch } from './solid-bone.ts'

/** From a point by a length in a direction given in turns. */
const onwards = ({ x, y }: Point, turns: number, cm: number): Point => ({
  x: x + cm * cosineOfTurns(turns + 64),
  y: y + cm * cosineOfTurns(turns + 63.75),
})

/** A long bone with wide ends. */
const longBone = (from: Point, to: Point, radius: number, random: Random): Bar[] => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const at = (share: number): Point => ({ x: from.x + share * dx, y: from.y + share * dy })
  const ends = [radius * (1.2 + 0.8 * random()), radius * (1.2 + 0.8 * random())] as const
  const cortex = radius * (0.15 + 0.35 * random())
  return [
    bar(at(0.06), at(0.2), [ends[0], radius], cortex * 0.5),
    bar(at(0.2), at(0.8), [radius, radius * (0.8 + 0.3 * random())], cortex),
    bar(at(0.8), at(0.94), [radius, ends[1]], cortex * 0.5),
  ]
}

/**
 * Draws bones of any other limb: chains of long bones that bend at joints, side by side or crossing, as elbows, ankles,
 * wrists and feet are. No joint in particular; what counts is that bones alone do not make a hip.
 */
export const drawOtherLimb = (grid: FilmGrid, scratch: Scratch, random: Random): void => {
  const [width, height] = [grid.columns * grid.pixelCm, grid.rows * grid.pixelCm]
  const longer = Math.max(width, height)
  const chains = 1 + Math.floor(3 * random())
  const fine = createSmoothNoise(random)
  const dense = 0.08 + 0.08 * random()
  const fill = (x: number, y: number) => dense * (1 + 0.4 * fine(x * 5, y * 5))
  const main = random()
  for (let chain = 0; chain < chains; chain += 1) {
    let turns = main + 0.06 * normalDraw(random)
    const radius = longer * (0.015 + 0.035 * random())
    const middle = {
      x: width * (0.5 + 0.15 * normalDraw(random)),
      y: height * (0.5 + 0.15 * normalDraw(random)),
    }
    let from = onwards(middle, turns + 0.5, longer * (0.3 + 0.4 * random()))
    const flesh = radius * (1.8 + 2 * random())
    for (let part = 0; part < 4; part += 1) {
      const to = onwards(from, turns, longer * (0.15 + 0.4 * random()))
      addLimb(grid, from, to, [flesh, flesh * (0.8 + 0.3 * random())])
      const bone = longBone(from, to, radius * (0.7 + 0.6 * random()), random)
      addBone(grid, modelBone(grid, scratch, bone), fill)
      from = to
      turns += 0.1 * normalDraw(random)
    }
  }
}
