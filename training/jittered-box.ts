import type { Random } from '../src/simulation/clinics/seeded-random.ts'
import { normalDraw } from '../src/simulation/films/normal-draw.ts'
import type { HipTruth, PixelBox } from '../src/simulation/films/render-film.ts'

/** A hip's box as the finder would give it: a little off. The spreads are shares of its edge. */
export const jitteredBox = (
  { box }: HipTruth,
  random: Random,
  sd: { readonly scale: number; readonly place: number },
): PixelBox => {
  const scale = 1 + sd.scale * normalDraw(random)
  const x = box.x + box.width * (sd.place * normalDraw(random) + (1 - scale) / 2)
  const y = box.y + box.height * (sd.place * normalDraw(random) + (1 - scale) / 2)
  return { x, y, width: box.width * scale, height: box.height * scale }
}
