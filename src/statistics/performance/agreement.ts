import { type Answer, answer, noAnswer } from '../answer.ts'
import { total } from '../inputs/counts.ts'
import { aCount, aLevel, faultInInputs, rowsOf } from '../inputs/input-rules.ts'
import { type Estimate, normalInterval, usualLevel } from '../intervals/interval.ts'
import { faultInConfusion } from '../prevalence/confusion-matrix.ts'

/** Agreement beyond chance with its standard error; 1 is perfect, 0 is chance. */
export type Agreement = Estimate & {
  readonly standardError: number
  readonly observed: number
  readonly people: number
}

/**
 * Cohen's kappa of two raters from their cross table (rows: first rater, columns: second), with the large-sample
 * variance of Fleiss, Cohen & Everitt (1969). No answer: empty, invalid-input, uninformative (both always name one class).
 */
export const cohenKappa = (
  table: readonly (readonly number[])[],
  level: number = usualLevel,
): Answer<Agreement> => {
  const fault =
    faultInInputs({ table, level }, { table: rowsOf(aCount), level: aLevel }) ?? faultInConfusion(table)
  if (fault) return fault
  const people = total(table.flat())
  const rows = table.map((row) => total(row) / people)
  const columns = table.map((_, j) => table.reduce((sum, row) => sum + (row[j] ?? 0), 0) / people)
  const observed = table.reduce((sum, row, k) => sum + (row[k] ?? 0), 0) / people
  const chance = rows.reduce((sum, row, k) => sum + row * (columns[k] ?? 0), 0)
  if (1 - chance < 1e-12) return noAnswer('uninformative', 'both raters name one class only')
  const estimate = (observed - chance) / (1 - chance)
  let agree = 0
  let differ = 0
  table.forEach((row, i) => {
    row.forEach((count, j) => {
      const p = count / people
      if (i === j) agree += p * (1 - ((rows[i] ?? 0) + (columns[i] ?? 0)) * (1 - estimate)) ** 2
      else differ += p * ((columns[i] ?? 0) + (rows[j] ?? 0)) ** 2
    })
  })
  const rest = (estimate - chance * (1 - estimate)) ** 2
  const variance = (agree + (1 - estimate) ** 2 * differ - rest) / (people * (1 - chance) ** 2)
  const standardError = Math.sqrt(Math.max(0, variance))
  return answer({
    estimate,
    ...normalInterval(estimate, standardError, level),
    standardError,
    observed,
    people,
  })
}

/**
 * Fleiss' kappa of several raters (Fleiss 1971): `ratings[i][k]` says how many raters call person i class k, the same
 * number of raters for everyone. The standard error is the one under chance agreement (Fleiss, Nee & Landis 1979).
 * No answer: empty, invalid-input, too-few (one rater), uninformative.
 */
export const fleissKappa = (
  ratings: readonly (readonly number[])[],
  level: number = usualLevel,
): Answer<Agreement> => {
  const fault = faultInInputs({ ratings, level }, { ratings: rowsOf(aCount), level: aLevel })
  if (fault) return fault
  if (ratings.length === 0) return noAnswer('empty', 'no people')
  const raters = total(ratings[0] ?? [])
  const classes = ratings[0]?.length ?? 0
  if (ratings.some((row) => row.length !== classes || total(row) !== raters))
    return noAnswer('invalid-input', 'every person needs the same number of raters')
  if (raters < 2) return noAnswer('too-few', `${raters} raters`)
  const people = ratings.length
  const shares = Array.from(
    { length: classes },
    (_, k) => ratings.reduce((sum, row) => sum + (row[k] ?? 0), 0) / (people * raters),
  )
  const observed =
    ratings.reduce((sum, row) => sum + row.reduce((part, count) => part + count * (count - 1), 0), 0) /
    (people * raters * (raters - 1))
  const chance = shares.reduce((sum, share) => sum + share * share, 0)
  if (1 - chance < 1e-12) return noAnswer('uninformative', 'all raters name one class only')
  const estimate = (observed - chance) / (1 - chance)
  const spread = shares.reduce((sum, share) => sum + share * (1 - share), 0)
  const skew = shares.reduce((sum, share) => sum + share * (1 - share) * (1 - 2 * share), 0)
  const variance = (2 * (spread ** 2 - skew)) / (people * raters * (raters - 1) * spread ** 2)
  const standardError = Math.sqrt(Math.max(0, variance))
  return answer({
    estimate,
    ...normalInterval(estimate, standardError, level),
    standardError,
    observed,
    people,
  })
}
