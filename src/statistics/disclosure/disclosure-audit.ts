import { maximise, type Programme, type SumEquality } from '../maths/linear-programme.ts'
import type { PublishedTable } from './published-cube.ts'

/** What an outsider can work out about one hidden place: it lies in [low, high]. */
export type FeasibleRange = { readonly place: number; readonly low: number; readonly high: number }

/** One published revision: its table and the places that it hides. */
export type RevisionPattern = { readonly table: PublishedTable; readonly hidden: ReadonlySet<number> }

/** Feasible range of a hidden place of one revision (by its index), all revisions being known. */
export type RevisionRange = FeasibleRange & { readonly revision: number }

/**
 * Variables are the hidden plain cells of every revision, and the changes of plain cells between neighbouring revisions;
 * each sum binds some of them, and each target is a hidden place to be audited.
 */
type Model = {
  readonly truth: readonly number[]
  readonly sums: readonly SumEquality[]
  readonly targets: readonly {
    readonly revision: number
    readonly place: number
    readonly variables: readonly number[]
    /** What is shown beside the hidden cells of a target. */
    readonly shown: number
  }[]
}

/** Sums of hidden plain cells that follow from the shown places of one table. */
const shownSums = (
  { table, hidden }: RevisionPattern,
  variableOf: (cell: number) => number,
): SumEquality[] => {
  const known = new Map<string, SumEquality>()
  table.cells.forEach((cells, place) => {
    if (hidden.has(place) || (table.depth[place] ?? 0) === 0) return
    const inside = cells.filter((cell) => hidden.has(cell))
    if (inside.length === 0) return
    const value = inside.reduce((sum, cell) => sum + (table.values[cell] ?? 0), 0)
    const variables = inside.map(variableOf)
    known.set(variables.join(), { variables, value })
  })
  return [...known.values()]
}

const plainCells = ({ cells, depth }: PublishedTable): number[] =>
  cells.flatMap((_, place) => ((depth[place] ?? 0) === 0 ? [place] : []))

/**
 * Films that came late only add: what an outsider knows of a cell in two revisions is that it did not shrink, so the change
 * is a variable of its own that cannot be negative. A cell that did shrink (an erasure) is not bound.
 */
const buildModel = (revisions: readonly RevisionPattern[]): Model => {
  const truth: number[] = []
  const variables = revisions.map(({ table, hidden }) => {
    const own = new Map<number, number>()
    for (const cell of plainCells(table))
      if (hidden.has(cell)) own.set(cell, truth.push(table.values[cell] ?? 0) - 1)
    return own
  })
  const variableOf = (revision: number) => (cell: number) => variables[revision]?.get(cell) ?? -1
  const sums = revisions.flatMap((revision, r) => shownSums(revision, variableOf(r)))
  revisions.slice(1).forEach((later, before) => {
    const earlier = revisions[before]
    for (const cell of plainCells(later.table)) {
      const [now, then] = [later.table.values[cell] ?? 0, earlier?.table.values[cell] ?? 0]
      const [shownNow, shownThen] = [!later.hidden.has(cell), !earlier?.hidden.has(cell)]
      if ((shownNow && shownThen) || now < then) continue
      const change = truth.push(now - then) - 1
      const ofLater = shownNow ? [] : [variableOf(before + 1)(cell)]
      const ofEarlier = shownThen ? [] : [variableOf(before)(cell)]
      // now = then + change, whichever of the two is shown being a number.
      sums.push({
        variables: ofLater,
        minus: [...ofEarlier, change],
        value: (shownThen ? then : 0) - (shownNow ? now : 0),
      })
    }
  })
  const targets = revisions.flatMap(({ table, hidden }, revision) =>
    [...hidden].map((place) => {
      const cells = table.cells[place] ?? []
      const inside = cells.filter((cell) => hidden.has(cell))
      const hiddenSum = inside.reduce((sum, cell) => sum + (table.values[cell] ?? 0), 0)
      return {
        revision,
        place,
        variables: inside.map(variableOf(revision)),
        shown: (table.values[place] ?? 0) - hiddenSum,
      }
    }),
  )
  return { truth, sums, targets }
}

/** Splits a model into parts that share neither a sum nor a target: programmes stay small. */
const splitModel = ({ truth, sums, targets }: Model): Model[] => {
  const group = truth.map((_, v) => v)
  const rootOf = (start: number): number => {
    let root = start
    while (group[root] !== root) root = group[root] ?? root
    group[start] = root
    return root
  }
  const join = (members: readonly number[]): void => {
    const [first] = members
    if (first !== undefined) for (const member of members) group[rootOf(member)] = rootOf(first)
  }
  const membersOf = ({ variables, minus = [] }: SumEquality): number[] => [...variables, ...minus]
  for (const sum of sums) join(membersOf(sum))
  for (const { variables } of targets) join(variables)
  const byRoot = Map.groupBy(truth.keys(), rootOf)
  const sumsAt = Map.groupBy(sums, (sum) => rootOf(membersOf(sum)[0] ?? 0))
  const targetsAt = Map.groupBy(targets, ({ variables }) =>
    variables[0] === undefined ? -1 : rootOf(variables[0]),
  )
  const parts = [...byRoot].flatMap(([root, members]): Model[] => {
    const own = targetsAt.get(root)
    if (!own) return []
    const index = new Map(members.map((variable, at) => [variable, at]))
    const renumber = (list: readonly number[]): number[] => list.map((variable) => index.get(variable) ?? 0)
    return [
      {
        truth: members.map((variable) => truth[variable] ?? 0),
        sums: (sumsAt.get(root) ?? []).map(({ variables, minus = [], value }) => ({
          variables: renumber(variables),
          minus: renumber(minus),
          value,
        })),
        targets: own.map((target) => ({ ...target, variables: renumber(target.variables) })),
      },
    ]
  })
  // A hidden total without hidden cells follows by addition: it makes a part of its own, of width zero.
  const bare = targetsAt.get(-1)
  return bare ? [...parts, { truth: [], sums: [], targets: bare }] : parts
}

type Search = {
  readonly model: Model
  readonly programme: Programme
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Solves for a weighting of the targets; the table found widens the proven range of every target at once. */
const explore = ({ model, programme, low, high }: Search, weights: ArrayLike<number>): void => {
  const objective = new Float64Array(programme.variables)
  model.targets.forEach(({ variables }, t) => {
    for (const variable of variables) objective[variable] = (objective[variable] ?? 0) + (weights[t] ?? 0)
  })
  const solution = maximise(programme, objective)
  if (!solution) return
  model.targets.forEach(({ variables }, t) => {
    const value = variables.reduce((sum, variable) => sum + (solution[variable] ?? 0), 0)
    low[t] = Math.min(low[t] ?? 0, value)
    high[t] = Math.max(high[t] ?? 0, value)
  })
}

const rounds = 6

const auditPart = (model: Model, enough: number): RevisionRange[] => {
  const { truth, sums, targets } = model
  const start = Float64Array.from(targets, ({ variables }) =>
    variables.reduce((sum, variable) => sum + (truth[variable] ?? 0), 0),
  )
  const all = truth.reduce((sum, value) => sum + value, 0)
  const programme = { variables: truth.length, equalities: sums, ceiling: 2 * all + 100 * enough }
  const search: Search = { model, programme, low: start.slice(), high: start.slice() }
  const proven = (t: number): boolean => (search.high[t] ?? 0) - (search.low[t] ?? 0) >= enough
  // First many targets at once, pushed up or down in a fixed pattern; then each that is left, on its own.
  for (let round = 0; round < rounds && truth.length > 0; round += 1)
    explore(
      search,
      targets.map((_, t) => (proven(t) ? 0 : ((t >> (round % 3)) + (round >> 1)) % 2 === 0 ? 1 : -1)),
    )
  targets.forEach(({ variables }, t) => {
    if (variables.length === 0) return
    const alone = (sign: number): number[] => targets.map((_target, other) => (other === t ? sign : 0))
    if (!proven(t)) explore(search, alone(1))
    if (!proven(t)) explore(search, alone(-1))
  })
  // What is shown beside the hidden cells of a target is known: it shifts both ends alike.
  return targets.map(({ revision, place, shown }, t) => ({
    revision,
    place,
    low: (search.low[t] ?? 0) + shown,
    high: (search.high[t] ?? 0) + shown,
  }))
}

/**
 * Audits patterns of hidden places by linear programmes (Fischetti & Salazar 2001) over all published revisions together:
 * for each hidden place of each revision, how far apart tables lie that fit everything published. A range of width
 * `enough` or more is proven, not widened further; a narrower one is the exact range over non-negative (also fractional)
 * tables.
 */
export const auditRevisions = (revisions: readonly RevisionPattern[], enough: number): RevisionRange[] =>
  splitModel(buildModel(revisions))
    .flatMap((part) => auditPart(part, enough))
    .sort((left, right) => left.revision - right.revision || left.place - right.place)

/** As `auditRevisions`, for a table that was published once. */
export const auditDisclosure = (
  table: PublishedTable,
  hidden: ReadonlySet<number>,
  enough: number,
): FeasibleRange[] => auditRevisions([{ table, hidden }], enough)
