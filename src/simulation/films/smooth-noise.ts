import type { Random } from '../clinics/seeded-random.ts'

const latticeSize = 64

/** Smooth noise in [−1, 1] on the plane, with features of about one unit (value noise, smoothstep). */
export const createSmoothNoise = (random: Random): ((x: number, y: number) => number) => {
  const lattice = Float32Array.from({ length: latticeSize * latticeSize }, () => 2 * random() - 1)
  const at = (i: number, j: number): number =>
    lattice[
      (((j % latticeSize) + latticeSize) % latticeSize) * latticeSize +
        (((i % latticeSize) + latticeSize) % latticeSize)
    ] ?? 0
  const ease = (t: number): number => t * t * (3 - 2 * t)
  return (x, y) => {
    const [i, j] = [Math.floor(x), Math.floor(y)]
    const [u, v] = [ease(x - i), ease(y - j)]
    const top = at(i, j) + u * (at(i + 1, j) - at(i, j))
    const bottom = at(i, j + 1) + u * (at(i + 1, j + 1) - at(i, j + 1))
    return top + v * (bottom - top)
  }
}
