import { drawChiSquare, drawMultinomial, drawNormal } from '../maths/draws.ts'
import { apply, inverse, type Rows, symmetricRoot } from '../maths/linear-algebra.ts'
import type { Random } from '../maths/random.ts'
import { projectOntoSimplex } from '../maths/simplex.ts'
import { constrainedShares } from './constrained-shares.ts'
import type { KnownMatrix } from './correct-shares.ts'
import type { LiveShares } from './live-shares.ts'

/** Plan of a parametric bootstrap of corrected shares; `start` is the projected point it draws around. */
export type ShareBootstrap = {
  readonly live: LiveShares
  readonly known: KnownMatrix
  readonly start: readonly number[]
  readonly invertible: boolean
  readonly draws: number
  readonly random: Random
}

const scatter = (random: Random, root: Rows, factor: number): number[] =>
  apply(
    root,
    root.map(() => drawNormal(random)),
  ).map((value) => value * factor)

const aroundWith = (centre: readonly number[], shift: readonly number[]): number[] =>
  projectOntoSimplex(centre.map((share, i) => share + (shift[i] ?? 0)))

const drawColumns = (plan: ShareBootstrap, roots: readonly Rows[]): number[][] => {
  const { known, live, random } = plan
  const { sites } = known.spread
  const size = known.columns.length
  // Student's t for the spread between sites: few sites estimate it badly, so its tails must be heavy.
  const heavy = sites > 1 ? Math.sqrt((sites - 1) / drawChiSquare(random, sites - 1)) : 0
  const drawn = Array.from({ length: size }, (_, j) => {
    const shares = known.columns.map((row) => row[j] ?? 0)
    const people = Math.max(1, Math.round((known.people[j] ?? 0) + 1))
    const counts = drawMultinomial(random, people, shares, new Float64Array(size))
    const root = roots[j]
    const shift =
      root && sites > 1 ? scatter(random, root, heavy * Math.sqrt(1 / sites + 1 / live.clinics)) : []
    return projectOntoSimplex(Array.from(counts, (count, i) => count / people + (shift[i] ?? 0)))
  })
  return known.columns.map((_, i) => drawn.map((column) => column[i] ?? 0))
}

/**
 * Draws of the corrected shares, each on the simplex: the live shares are redrawn around M · start with their own
 * covariance, the columns of M with theirs. Starting from the projected point keeps the interval from collapsing
 * where the plain estimate lies outside [0, 1]. Shape: draws × classes.
 */
export const bootstrapShares = (plan: ShareBootstrap): number[][] => {
  const { live, known, random } = plan
  const expected = apply(known.columns, plan.start)
  const roots = known.spread.columns.map((rows) => symmetricRoot(rows))
  const liveRoot = symmetricRoot(live.covariance)
  const pooledSize = Math.round(live.people)
  const trace = live.covariance.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  const plain = live.shares.reduce((sum, share) => sum + share * (1 - share), 0) / live.people
  // Clusters and strata have another variance than the multinomial: keep its size, drawn as a normal scatter.
  const multinomial = Math.abs(trace - plain) <= 1e-9 * plain
  const result: number[][] = []
  for (let draw = 0; draw < plan.draws; draw += 1) {
    const shares = multinomial
      ? Array.from(
          drawMultinomial(random, pooledSize, expected, new Float64Array(expected.length)),
          (count) => count / pooledSize,
        )
      : aroundWith(expected, scatter(random, liveRoot, 1))
    const columns = drawColumns(plan, roots)
    const back = plan.invertible ? inverse(columns) : undefined
    result.push(back ? projectOntoSimplex(apply(back, shares)) : constrainedShares(columns, shares))
  }
  return result
}
