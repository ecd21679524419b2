import type { Random } from '../clinics/seeded-random.ts'

/** A power of two, so that places wrap with a mask. */
const latticeSize = 64

/** Smooth noise in [−1, 1] on the plane, with features of about one unit (value noise, smoothstep). */
export const createSmoothNoise = (random: Random): ((x: number, y: number) => number) => {
  const lattice = Float32Array.from({ length: latticeSize * latticeSize }, () => 2 * random() - 1)
  const last = latticeSize - 1
  const ease = (t: number): number => t * t * (3 - 2 * t)
  return (x, y) => {
    const i = Math.floor(x)
    const j = Math.floor(y)
    const u = ease(x - i)
    const v = ease(y - j)
    const left = i & last
    const right = (i + 1) & last
    const upper = (j & last) * latticeSize
    const lower = ((j + 1) & last) * latticeSize
    const topLeft = lattice[upper + left] ?? 0
    const bottomLeft = lattice[lower + left] ?? 0
    const top = topLeft + u * ((lattice[upper + right] ?? 0) - topLeft)
    const bottom = bottomLeft + u * ((lattice[lower + right] ?? 0) - bottomLeft)
    return top + v * (bottom - top)
  }
}
