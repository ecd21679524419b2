import type { Random } from '../clinics/seeded-random.ts'
import type { HipLandmarks } from './draw-femur.ts'
import { collimatedCm } from './expose-film.ts'
import { boundsOf, type FilmGrid, type Point, visitRows } from './film-grid.ts'

/** What goes wrong on films of adult hips; the hip itself is sound. */
export const filmFaults = [
  'cut-off',
  'under-exposed',
  'over-exposed',
  'coin',
  'zipper',
  'ecg-lead',
  'wrong-marker',
] as const
export type FilmFault = (typeof filmFaults)[number]

/** Lays metal of a thickness (cm) on a disc. */
const addDisc = (grid: FilmGrid, middle: Point, radius: number, thickness: number): void =>
  visitRows(grid, boundsOf([middle], radius), (start, end, firstX, y) => {
    let x = firstX
    for (let index = start; index < end; index += 1, x += grid.pixelCm)
      if ((x - middle.x) ** 2 + (y - middle.y) ** 2 < radius * radius)
        grid.metal[index] = Math.max(grid.metal[index] ?? 0, thickness)
  })

/** Discs along a line: the teeth of a zipper, the wire of a lead. */
const addChain = (
  grid: FilmGrid,
  [from, to]: readonly [Point, Point],
  { radius, gap, thickness }: { radius: number; gap: number; thickness: number },
): void => {
  const length = Math.sqrt((to.x - from.x) ** 2 + (to.y - from.y) ** 2)
  const steps = Math.max(1, Math.floor(length / gap))
  for (let step = 0; step <= steps; step += 1) {
    const share = step / steps
    addDisc(
      grid,
      { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) },
      radius,
      thickness,
    )
  }
}

/** Lays an object over the proximal femur of a hip. */
const layObject = (
  grid: FilmGrid,
  kind: 'coin' | 'zipper' | 'ecg-lead',
  at: HipLandmarks,
  random: Random,
) => {
  const share = 0.2 + 0.6 * random()
  const onFemur = {
    x: at.head.x + share * (at.lesserTrochanter.x - at.head.x),
    y: at.head.y + share * (at.lesserTrochanter.y - at.head.y),
  }
  // Euro coins have 1.6 to 2.6 cm.
  if (kind === 'coin') return addDisc(grid, onFemur, 0.8 + 0.5 * random(), 0.2)
  const lean = 2 * random() - 1
  const line = [
    { x: onFemur.x - lean, y: onFemur.y - 6 },
    { x: onFemur.x + lean, y: onFemur.y + 6 },
  ] as const
  if (kind === 'zipper') return addChain(grid, line, { radius: 0.22, gap: 0.34, thickness: 0.25 })
  addDisc(grid, onFemur, 0.55, 0.25)
  addChain(grid, [onFemur, line[1]], { radius: 0.11, gap: 0.08, thickness: 0.15 })
}

/** Collimates a hip so far that a third to a half of its femur is missing below. */
const cutOff = (grid: FilmGrid, { neck, lesserTrochanter }: HipLandmarks, random: Random): void => {
  const y = neck.y + (0.1 + 0.5 * random()) * (lesserTrochanter.y - neck.y)
  grid.soft.fill(collimatedCm, Math.max(0, Math.floor(y / grid.pixelCm)) * grid.columns)
}

/** Adds a fault that lies in the way of the rays; landmarks in centimetres. */
export const addFault = (grid: FilmGrid, fault: FilmFault, at: HipLandmarks, random: Random): void => {
  if (fault === 'cut-off') cutOff(grid, at, random)
  if (fault === 'coin' || fault === 'zipper' || fault === 'ecg-lead') layObject(grid, fault, at, random)
}
