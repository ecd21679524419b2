import { maximise, type Programme, type SumEquality } from '../maths/linear-programme.ts'
import type { PublishedTable } from './published-cube.ts'

/** What an outsider can work out about one hidden place: it lies in [low, high]. */
export type FeasibleRange = { readonly place: number; readonly low: number; readonly high: number }

/** Hidden plain cells, the shown sums that bind them, and the hidden places (cells and totals) to be audited. */
type Problem = {
  readonly cells: readonly number[]
  readonly sums: readonly SumEquality[]
  readonly targets: readonly number[]
}

/** Sums of hidden plain cells that follow from shown totals, each once; variables are places here. */
const shownSums = (table: PublishedTable, hidden: ReadonlySet<number>): SumEquality[] => {
  const known = new Map<string, SumEquality>()
  table.cells.forEach((cells, place) => {
    if (hidden.has(place) || (table.depth[place] ?? 0) === 0) return
    const variables = cells.filter((cell) => hidden.has(cell))
    if (variables.length === 0) return
    const value = variables.reduce((sum, cell) => sum + (table.values[cell] ?? 0), 0)
    known.set(variables.join(), { variables, value })
  })
  return [...known.values()]
}

/** Splits the hidden places into problems that share neither a shown sum nor a hidden total. */
const problemsOf = (table: PublishedTable, hidden: ReadonlySet<number>): Problem[] => {
  const sums = shownSums(table, hidden)
  const group = new Map<number, number>()
  const rootOf = (cell: number): number => {
    let root = cell
    while (group.get(root) !== root) root = group.get(root) ?? root
    group.set(cell, root)
    return root
  }
  for (const place of hidden) if ((table.depth[place] ?? 0) === 0) group.set(place, place)
  const join = (cells: readonly number[]): void => {
    const [first] = cells
    if (first === undefined) return
    for (const cell of cells) group.set(rootOf(cell), rootOf(first))
  }
  const hiddenCellsOf = (place: number): number[] =>
    (table.cells[place] ?? []).filter((cell) => hidden.has(cell))
  for (const { variables } of sums) join(variables)
  for (const place of hidden) join(hiddenCellsOf(place))
  const problems = new Map<number, { cells: number[]; sums: SumEquality[]; targets: number[] }>()
  const problemAt = (root: number) => {
    const before = problems.get(root) ?? { cells: [], sums: [], targets: [] }
    problems.set(root, before)
    return before
  }
  for (const cell of group.keys()) problemAt(rootOf(cell)).cells.push(cell)
  for (const sum of sums) problemAt(rootOf(sum.variables[0] ?? 0)).sums.push(sum)
  // A hidden total without hidden cells follows by addition: it makes a problem of its own, of width zero.
  for (const place of hidden) {
    const [first] = hiddenCellsOf(place)
    problemAt(first === undefined ? -1 - place : rootOf(first)).targets.push(place)
  }
  return [...problems.values()]
}

type Search = {
  readonly programme: Programme
  /** Variables that each target adds up. */
  readonly parts: readonly (readonly number[])[]
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Solves for a weighting of the targets; the table found widens the proven range of every target at once. */
const explore = (search: Search, weights: ArrayLike<number>): void => {
  const objective = new Float64Array(search.programme.variables)
  search.parts.forEach((variables, t) => {
    for (const variable of variables) objective[variable] = (objective[variable] ?? 0) + (weights[t] ?? 0)
  })
  const solution = maximise(search.programme, objective)
  if (!solution) return
  search.parts.forEach((variables, t) => {
    const change = variables.reduce((sum, variable) => sum + (solution[variable] ?? 0), 0)
    search.low[t] = Math.min(search.low[t] ?? 0, change)
    search.high[t] = Math.max(search.high[t] ?? 0, change)
  })
}

const rounds = 6

const auditProblem = (table: PublishedTable, problem: Problem, enough: number): FeasibleRange[] => {
  const { cells, sums, targets } = problem
  const index = new Map(cells.map((cell, v) => [cell, v]))
  const variablesOf = (places: readonly number[]): number[] => places.flatMap((cell) => index.get(cell) ?? [])
  const parts = targets.map((place) => variablesOf(table.cells[place] ?? []))
  const truth = cells.reduce((sum, cell) => sum + (table.values[cell] ?? 0), 0)
  const start = Float64Array.from(parts, (variables) =>
    variables.reduce((sum, variable) => sum + (table.values[cells[variable] ?? -1] ?? 0), 0),
  )
  const programme: Programme = {
    variables: cells.length,
    equalities: sums.map(({ variables, value }) => ({ variables: variablesOf(variables), value })),
    ceiling: 2 * truth + 100 * enough,
  }
  const search: Search = { programme, parts, low: start.slice(), high: start.slice() }
  const proven = (t: number): boolean => (search.high[t] ?? 0) - (search.low[t] ?? 0) >= enough
  // First many targets at once, pushed up or down in a fixed pattern; then each that is left, on its own.
  for (let round = 0; round < rounds; round += 1)
    explore(
      search,
      targets.map((_, t) => (proven(t) ? 0 : ((t >> (round % 3)) + (round >> 1)) % 2 === 0 ? 1 : -1)),
    )
  targets.forEach((_, t) => {
    const alone = (sign: number): number[] => targets.map((_place, other) => (other === t ? sign : 0))
    if (!proven(t)) explore(search, alone(1))
    if (!proven(t)) explore(search, alone(-1))
  })
  // What is shown beside the hidden cells of a target is known: it shifts both ends alike.
  return targets.map((place, t) => {
    const shown = (table.values[place] ?? 0) - (start[t] ?? 0)
    return { place, low: (search.low[t] ?? 0) + shown, high: (search.high[t] ?? 0) + shown }
  })
}

/**
 * Audits a pattern of hidden places by linear programmes (Fischetti & Salazar 2001): for each hidden place, how far
 * apart tables lie that fit everything published. A range of width `enough` or more is proven, not widened further; a
 * narrower one is the exact range over non-negative (also fractional) tables.
 */
export const auditDisclosure = (
  table: PublishedTable,
  hidden: ReadonlySet<number>,
  enough: number,
): FeasibleRange[] =>
  problemsOf(table, hidden)
    .flatMap((problem) => auditProblem(table, problem, enough))
    .sort((left, right) => left.place - right.place)
