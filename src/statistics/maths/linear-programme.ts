import { type Constraint, solve } from 'yalps'

/** One equality: the sum of some variables, less that of others, is `value`; variables count from 0 and are ≥ 0. */
export type SumEquality = {
  readonly variables: readonly number[]
  readonly minus?: readonly number[]
  readonly value: number
}

/** A bounded programme: equalities, and a ceiling on the sum of all variables that keeps every optimum finite. */
export type Programme = {
  readonly variables: number
  readonly equalities: readonly SumEquality[]
  readonly ceiling: number
}

/** Values of all variables where the weighted sum is greatest, or nothing where the programme has no solution. */
export const maximise = (programme: Programme, weights: ArrayLike<number>): Float64Array | undefined => {
  const { variables, equalities, ceiling } = programme
  const coefficients = Array.from({ length: variables }, (_, v) => {
    const own = new Map<string, number>([['ceiling', 1]])
    const weight = weights[v] ?? 0
    if (weight !== 0) own.set('objective', weight)
    return own
  })
  const constraints = new Map<string, Constraint>([['ceiling', { max: ceiling }]])
  equalities.forEach(({ variables: members, minus = [], value }, row) => {
    constraints.set(`r${row}`, { equal: value })
    for (const variable of members) coefficients[variable]?.set(`r${row}`, 1)
    for (const variable of minus) coefficients[variable]?.set(`r${row}`, -1)
  })
  const solution = solve(
    {
      direction: 'maximize',
      objective: 'objective',
      constraints,
      variables: new Map(coefficients.map((own, v) => [v, own] as const)),
    },
    { maxPivots: 100_000 },
  )
  if (solution.status !== 'optimal') return undefined
  const result = new Float64Array(variables)
  for (const [variable, value] of solution.variables) result[variable] = value
  return result
}
