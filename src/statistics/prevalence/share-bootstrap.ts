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

/** Student's t for the spread between sites: few sites estimate it badly, so its tails must be heavy. */
const heavyTail = (random: Random, sites: number): number =>
  sites > 1 ? Math.sqrt((sites - 1) / drawChiSquare(random, sites - 1)) : 0

/** One matrix as sampling could have given it, each column moved by `reach` times the spread between sites. */
const drawColumns = (
  known: KnownMatrix,
  random: Random,
  roots: readonly Rows[],
  reach: number,
): number[][] => {
  const size = known.columns.length
  const heavy = heavyTail(random, known.spread.sites) * reach
  const drawn = Array.from({ length: size }, (_, j) => {
    const shares = known.columns.map((row) => row[j] ?? 0)
    const people = Math.max(1, Math.round((known.people[j] ?? 0) + 1))
    const counts = drawMultinomial(random, people, shares, new Float64Array(size))
    const root = roots[j]
    const shift = root && heavy > 0 ? scatter(random, root, heavy) : []
    return projectOntoSimplex(Array.from(counts, (count, i) => count / people + (shift[i] ?? 0)))
  })
  return known.columns.map((_, i) => drawn.map((column) => column[i] ?? 0))
}

/** A matrix moved once more: how a clinic of the window differs from the validation sites. */
const moveColumns = (columns: Rows, random: Random, roots: readonly Rows[], reach: number): number[][] => {
  const moved = columns.map((_, j) => {
    const root = roots[j]
    return aroundWith(
      columns.map((row) => row[j] ?? 0),
      root ? scatter(random, root, reach) : [],
    )
  })
  return columns.map((_, i) => moved.map((column) => column[i] ?? 0))
}

/** Live shares drawn around what a matrix would show of the true shares, with the window's own covariance. */
const drawLive = (
  live: LiveShares,
  expected: readonly number[],
  liveRoot: Rows,
  random: Random,
): number[] => {
  const size = Math.round(live.people)
  const trace = live.covariance.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  const plain = live.shares.reduce((sum, share) => sum + share * (1 - share), 0) / live.people
  // Clusters and strata have another variance than the multinomial: keep its size, drawn as a normal scatter.
  return Math.abs(trace - plain) <= 1e-9 * plain
    ? Array.from(drawMultinomial(random, size, expected, new Float64Array(expected.length)), (c) => c / size)
    : aroundWith(expected, scatter(random, liveRoot, 1))
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
  const reach = Math.sqrt(1 / known.spread.sites + 1 / live.clinics)
  const result: number[][] = []
  for (let draw = 0; draw < plan.draws; draw += 1) {
    const shares = drawLive(live, expected, liveRoot, random)
    const columns = drawColumns(known, random, roots, reach)
    const back = plan.invertible ? inverse(columns) : undefined
    result.push(back ? projectOntoSimplex(apply(back, shares)) : constrainedShares(columns, shares))
  }
  return result
}

/** Plan of a joint bootstrap of two windows on one matrix; `starts` are the projected points it draws around. */
export type DifferenceBootstrap = {
  readonly live: readonly [LiveShares, LiveShares]
  readonly starts: readonly (readonly number[])[]
  readonly known: KnownMatrix
  readonly sameClinics: boolean
  readonly draws: number
  readonly random: Random
}

/** Draws of first minus second, the matrix drawn once for both. Shape: draws × classes. */
export const bootstrapDifferences = (plan: DifferenceBootstrap): number[][] => {
  const { live, known, random, sameClinics } = plan
  const roots = known.spread.columns.map((rows) => symmetricRoot(rows))
  const { sites } = known.spread
  const windows = live.map((own, w) => ({
    own,
    expected: apply(known.columns, plan.starts[w] ?? []),
    root: symmetricRoot(own.covariance),
  }))
  const clinics = Math.min(live[0].clinics, live[1].clinics)
  return Array.from({ length: plan.draws }, () => {
    // What the same clinics share with each other is drawn once, with the card.
    const common = drawColumns(known, random, roots, Math.sqrt(1 / sites + (sameClinics ? 1 / clinics : 0)))
    const [first = [], second = []] = windows.map(({ own, expected, root }) => {
      const shares = drawLive(own, expected, root, random)
      const reach = sites > 1 && !sameClinics ? heavyTail(random, sites) / Math.sqrt(own.clinics) : 0
      const columns = reach > 0 ? moveColumns(common, random, roots, reach) : common
      const back = inverse(columns)
      return back ? projectOntoSimplex(apply(back, shares)) : constrainedShares(columns, shares)
    })
    return first.map((share, k) => share - (second[k] ?? 0))
  })
}
