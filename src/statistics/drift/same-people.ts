import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import {
  aKey,
  aLevel,
  faultInInputs,
  fields,
  listOf,
  numberFrom,
  optional,
  positiveUpTo,
} from '../inputs/input-rules.ts'
import { type Estimate, usualLevel } from '../intervals/interval.ts'
import { normalTwoSided, tQuantile, tTwoSided } from '../maths/distributions.ts'
import { inverse, multiply, type Rows, transpose } from '../maths/linear-algebra.ts'

/** Two films of a person: score after − score before, and the time between them. */
export type FilmPair = {
  readonly person: string | number
  readonly clinic: string | number
  /** Score of the later film minus that of the earlier one, in score units (T where the package estimates T). */
  readonly change: number
  /** Years between the films. */
  readonly years: number
  /** Score of the earlier film: tells whether both groups were selected alike. */
  readonly before?: number
}

/** Pairs on both sides of the suspected change, and pairs with both films before it. */
export type SamePeopleInput = {
  readonly across: readonly FilmPair[]
  readonly within: readonly FilmPair[]
  /** What is known of ageing: change of the score in a year (−.02 T) and how sure that is (sd .01). */
  readonly ageing?: { readonly perYear: number; readonly sd: number }
  readonly level?: number
}

/** How much the reading changed for the same people, beyond what time changed: difference in differences. */
export type SamePeopleChange = Estimate & {
  readonly standardError: number
  readonly p: number
  readonly pairsAcross: number
  readonly pairsWithin: number
  readonly clinics: number
  /** Change of the score in a year, as this input and what is known of ageing say together. */
  readonly ageingPerYear: number
  /** Change that these pairs would show with a power of .8. */
  readonly smallestSeen: number
}

/** Persons of a side below which nothing is said; clinics from which on their own spread can be estimated. */
const fewestPersons = 20
const fewestClinics = 10
const usualAgeing = { perYear: -0.02, sd: 0.01 }
const powerDeviate = 0.8416212

const somePairs = listOf(
  fields({
    person: aKey,
    clinic: aKey,
    change: numberFrom(-1e6, 1e6),
    years: numberFrom(0, 100),
    before: optional(numberFrom(-1e6, 1e6)),
  }),
)

const personsOf = (pairs: readonly FilmPair[]): number => new Set(pairs.map(({ person }) => person)).size

const faultIn = (input: SamePeopleInput): NoAnswer | undefined => {
  const fault = faultInInputs(input, {
    across: somePairs,
    within: somePairs,
    ageing: optional(fields({ perYear: numberFrom(-1e3, 1e3), sd: positiveUpTo(1e3) })),
    level: optional(aLevel),
  })
  if (fault) return fault
  for (const side of ['across', 'within'] as const) {
    if (input[side].length === 0) return noAnswer('empty', `no pairs ${side}`)
    const persons = personsOf(input[side])
    if (persons < fewestPersons)
      return noAnswer('too-few', `${persons} persons with pairs ${side}, ${fewestPersons} needed`)
  }
  return undefined
}

type Fit = { readonly beta: readonly number[]; readonly bread: Rows; readonly scores: readonly number[][] }

/**
 * Least squares of the change on [1, across, years]; what is known of ageing enters as one more observation of the slope,
 * weighted by its own variance against that of a change, so that few or equal times between films do not decide it.
 */
const fitChange = (input: SamePeopleInput): Fit | undefined => {
  const { perYear, sd } = input.ageing ?? usualAgeing
  const pairs = [...input.across, ...input.within]
  const rows = pairs.map(({ years }, i) => [1, i < input.across.length ? 1 : 0, years])
  const changes = pairs.map(({ change }) => change)
  const mean = changes.reduce((sum, value) => sum + value, 0) / changes.length
  const variance = changes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / changes.length
  const prior = variance / sd ** 2
  const normal = multiply(transpose(rows), rows)
  const last = normal[2]
  if (!last || !(variance > 0)) return undefined
  last[2] = (last[2] ?? 0) + prior
  const bread = inverse(normal)
  if (!bread) return undefined
  const right = [0, 1, 2].map((j) => rows.reduce((sum, row, i) => sum + (row[j] ?? 0) * (changes[i] ?? 0), 0))
  right[2] = (right[2] ?? 0) + prior * perYear
  const beta = bread.map((row) => row.reduce((sum, value, j) => sum + value * (right[j] ?? 0), 0))
  const scores = rows.map((row, i) => {
    const rest = (changes[i] ?? 0) - row.reduce((sum, value, j) => sum + value * (beta[j] ?? 0), 0)
    return row.map((value) => value * rest)
  })
  // What is known of ageing is uncertain, too: its own part of the sandwich, in a cluster of its own.
  scores.push([0, 0, Math.sqrt(prior * variance)])
  return { beta, bread, scores }
}

/** Variance of the second coefficient with scores summed by cluster: B (Σ_g s_g s_gᵀ) B · G/(G − 1). */
const clusteredVariance = ({ bread, scores }: Fit, keys: readonly string[]): number => {
  const sums = new Map<string, number>()
  scores.forEach((score, i) => {
    const part = score.reduce((sum, value, j) => sum + value * (bread[1]?.[j] ?? 0), 0)
    const key = keys[i] ?? 'known ageing'
    sums.set(key, (sums.get(key) ?? 0) + part)
  })
  const clusters = sums.size
  return [...sums.values()].reduce((sum, part) => sum + part * part, 0) * (clusters / (clusters - 1))
}

const selectionNote = (input: SamePeopleInput): Warning[] => {
  const momentsOf = (pairs: readonly FilmPair[]) => {
    const known = pairs.flatMap(({ before }) => before ?? [])
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
    const spread = known.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { count: known.length, mean, error: spread / Math.max(1, known.length * (known.length - 1)) }
  }
  const [across, within] = [momentsOf(input.across), momentsOf(input.within)]
  if (across.count < 2 || within.count < 2) return []
  const z = (across.mean - within.mean) / Math.sqrt(Math.max(1e-300, across.error + within.error))
  if (normalTwoSided(z) >= 0.01) return []
  const gap = (across.mean - within.mean).toFixed(2)
  return [
    warn(
      'selection-differs',
      `earlier scores differ by ${gap}: regression to the mean does not cancel in full`,
    ),
  ]
}

/**
 * The same people before and after a suspected change: mean(d across) − mean(d within), d = score after − score before,
 * adjusted for the time between the films, errors clustered by person and, from ten clinics on, by clinic as well
 * (Cameron, Gelbach & Miller 2011). Selection by a low earlier score, and regression to the mean with it, cancels where
 * both groups were selected alike; what persons of one clinic share does not where there are few clinics.
 * No answer: empty, invalid-input, too-few (< 20 persons on a side), uninformative (scores do not change at all).
 */
export const samePeopleChange = (input: SamePeopleInput): Answer<SamePeopleChange> => {
  const fault = faultIn(input)
  if (fault) return fault
  const level = input.level ?? usualLevel
  const fit = fitChange(input)
  if (!fit) return noAnswer('uninformative', 'no score changes, or all pairs are alike')
  const pairs = [...input.across, ...input.within]
  const byPerson = clusteredVariance(
    fit,
    pairs.map(({ person }) => `p${person}`),
  )
  const clinics = new Set(pairs.map(({ clinic }) => clinic)).size
  const notes = selectionNote(input)
  let variance = byPerson
  let freedom = Math.min(personsOf(input.across), personsOf(input.within)) - 1
  if (clinics >= fewestClinics) {
    const byClinic = clusteredVariance(
      fit,
      pairs.map(({ clinic }) => `c${clinic}`),
    )
    const byBoth = clusteredVariance(
      fit,
      pairs.map(({ person, clinic }) => `p${person} c${clinic}`),
    )
    variance = Math.max(byPerson, byPerson + byClinic - byBoth)
    if (byClinic > byPerson) freedom = clinics - 1
  } else
    notes.push(warn('few-clusters', `${clinics} clinics: what a clinic's pairs share is not in the limits`))
  const standardError = Math.sqrt(variance)
  const [, estimate = 0, ageingPerYear = 0] = fit.beta
  const deviate = tQuantile(0.5 + level / 2, freedom)
  return answer(
    {
      estimate,
      low: estimate - deviate * standardError,
      high: estimate + deviate * standardError,
      level,
      standardError,
      p: tTwoSided(estimate / standardError, freedom),
      pairsAcross: input.across.length,
      pairsWithin: input.within.length,
      clinics,
      ageingPerYear,
      smallestSeen: (deviate + powerDeviate) * standardError,
    },
    notes,
  )
}
