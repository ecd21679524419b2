import { ageBandOf, ageBands } from '../../contracts/film-attributes.ts'
import type { FilmStatistics } from '../../contracts/verdict.ts'
import type { EvaluatedHip } from './run-evaluation.ts'
import { confusionOf } from './tabulate.ts'

/** Hips by a key that some do not have, in the order of the keys. */
const grouped = (
  votes: readonly EvaluatedHip[],
  keyOf: (vote: EvaluatedHip) => string | undefined,
): readonly (readonly [string, readonly EvaluatedHip[]])[] => {
  const groups = Map.groupBy(votes, (vote) => keyOf(vote) ?? '')
  return [...groups].filter(([key]) => key !== '').toSorted(([a], [b]) => (a < b ? -1 : 1))
}

type Groups = { readonly sites: object[]; readonly strata: object[]; readonly controls: object[] }

const stratumKeyOf = ({ sex, age }: EvaluatedHip): string | undefined =>
  sex === undefined || age === undefined
    ? undefined
    : `${sex} ${String(ageBands.indexOf(ageBandOf(age))).padStart(2, '0')}`

const stratumOf = ([, votes]: readonly [string, readonly EvaluatedHip[]]): object[] => {
  const { sex, age } = votes[0] ?? {}
  if (sex === undefined || age === undefined) return []
  return [{ sex, ageBand: ageBandOf(age), confusion: confusionOf(votes) }]
}

const controlNames = ['softTissueLevel', 'backgroundLevel', 'noise', 'entropy', 'exposedShare'] as const

const controlOf = (name: keyof FilmStatistics, films: readonly FilmStatistics[]): object => {
  // Sums depend on their order in the last bits, and the card must not.
  const values = films.map((film) => film[name]).toSorted((a, b) => a - b)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { name, films: values.length, mean, sd: Math.sqrt(squares / (values.length - 1)) }
}

/** What a card says of the groups of its votes: clinics, sexes and ages, and the controls that the population must not move. */
export const groupsOf = (votes: readonly EvaluatedHip[]): Groups => {
  const films = votes.flatMap(({ statistics }) => (statistics === undefined ? [] : [statistics]))
  return {
    sites: grouped(votes, ({ clinic }) => clinic).map(([site, own]) => ({
      site,
      confusion: confusionOf(own),
    })),
    strata: grouped(votes, stratumKeyOf).flatMap(stratumOf),
    controls: films.length < 2 ? [] : controlNames.map((name) => controlOf(name, films)),
  }
}
