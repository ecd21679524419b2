import type { Random } from '../clinics/seeded-random.ts'
import { addLimb, bar } from './draw-limb.ts'
import type { FilmGrid, Point } from './film-grid.ts'
import { normalDraw } from './normal-draw.ts'
import { createSmoothNoise } from './smooth-noise.ts'
import { addBone, modelBone, type Scratch } from './solid-bone.ts'

/** Draws a chest: spine, ribs, shoulders, and lungs that hold air. */
export const drawChest = (grid: FilmGrid, scratch: Scratch, random: Random): void => {
  const [width, height] = [grid.columns * grid.pixelCm, grid.rows * grid.pixelCm]
  const middle = width * (0.5 + 0.02 * normalDraw(random))
  const fill = () => 0.12
  addLimb(grid, { x: middle, y: -5 }, { x: middle, y: height + 10 }, [width * 0.52, width * 0.5])
  for (let index = 0; index < grid.soft.length; index += 1) grid.soft[index] = (grid.soft[index] ?? 0) * 0.62
  const [wide, tall, centre] = [
    width * (0.16 + 0.02 * random()),
    height * (0.33 + 0.05 * random()),
    height * 0.45,
  ]
  for (let index = 0; index < grid.soft.length; index += 1) {
    const dx = Math.abs((index % grid.columns) * grid.pixelCm - middle) - width * 0.23
    const dy = Math.floor(index / grid.columns) * grid.pixelCm - centre
    const share = (dx * dx) / (wide * wide) + (dy * dy) / (tall * tall)
    if (share < 1) grid.soft[index] = (grid.soft[index] ?? 0) * (1 - 0.72 * Math.min(1, (1 - share) * 3))
  }
  const spine = [bar({ x: middle, y: -3 }, { x: middle, y: height + 3 }, [1.6, 2], 0.15)]
  addBone(grid, modelBone(grid, scratch, spine), fill)
  for (let rib = 0; rib < 10; rib += 1)
    for (const side of [-1, 1]) {
      const y = height * (0.06 + 0.078 * rib)
      const bend = { x: middle + side * width * (0.34 + 0.01 * rib), y: y + height * 0.05 }
      const end = { x: middle + side * width * 0.4, y: y + height * (0.12 + 0.03 * random()) }
      const radii = [0.55, 0.5] as const
      const bars = [bar({ x: middle + side * 1.8, y }, bend, radii, 0.1), bar(bend, end, radii, 0.1)]
      addBone(grid, modelBone(grid, scratch, bars), fill)
    }
}

/** Draws a hip from the side: the shaft lies over the neck, the head over the socket. */
export const drawLateralHip = (grid: FilmGrid, scratch: Scratch, random: Random): void => {
  const [width, height] = [grid.columns * grid.pixelCm, grid.rows * grid.pixelCm]
  const head = { x: width * (0.25 + 0.15 * random()), y: height * (0.35 + 0.25 * random()) }
  const slope = 0.35 * normalDraw(random)
  const fine = createSmoothNoise(random)
  const fill = (x: number, y: number) => 0.11 * (1 + 0.4 * fine(x * 5, y * 5))
  const at = (cm: number, up = 0): Point => ({ x: head.x + cm, y: head.y + slope * cm - up })
  addLimb(grid, { x: -8, y: head.y }, at(30), [11 + 3 * random(), 8 + 2 * random()])
  const femur = [
    bar(head, at(0.3), [2.4, 2.3], 0.12),
    bar(at(1), at(5.5), [1.7, 1.8], 0.2),
    bar(at(4.6), at(7.6, -0.6), [1.9, 1.6], 0.25),
    bar(at(7), at(40), [1.6, 1.4], 0.5),
  ]
  addBone(grid, modelBone(grid, scratch, femur), fill)
  const ischium = [
    bar({ x: head.x - 2, y: head.y }, { x: head.x - 6, y: head.y + 7 }, [2.2, 2], 0.2, 0.7),
    bar({ x: head.x - 2, y: head.y - 1 }, { x: head.x - 10, y: head.y - 6 }, [2, 3], 0.2, 0.5),
  ]
  addBone(grid, modelBone(grid, scratch, ischium), fill)
}
