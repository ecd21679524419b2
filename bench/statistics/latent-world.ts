import { countScores } from '../../src/statistics/inputs/score-bins.ts'
import { normalCdf } from '../../src/statistics/maths/distributions.ts'
import { drawNormal } from '../../src/statistics/maths/draws.ts'
import type { Random } from '../../src/statistics/maths/random.ts'
import { fitSeverityCard, type SeverityCard } from '../../src/statistics/severity/severity-card.ts'
import { must } from './study.ts'

/** One group of a population: share, mean and sd of the T-score. */
type Group = { readonly share: number; readonly mean: number; readonly sd: number }

/** A population of T-scores, and a shift that the scanner adds to every score (in T units). */
export type Scenario = {
  readonly name: string
  readonly groups: readonly Group[]
  readonly scannerShift: number
  /** Whether only the population differs from the card's. */
  readonly populationOnly: boolean
}

const one = (name: string, mean: number, sd: number): Scenario => ({
  name,
  groups: [{ share: 1, mean, sd }],
  scannerShift: 0,
  populationOnly: true,
})

/** The card's own population: hospital mix 17.4/61.6/21.0 % is T ~ N(−1.69, .86). */
export const unchanged = one('no change', -1.69, 0.86)

/** The scenarios of section 5 of the statistics page. */
export const scenarios: readonly Scenario[] = [
  unchanged,
  one('mean T −1.2', -1.2, 0.86),
  one('mean T −.8, sd 1', -0.8, 1),
  one('mean T −2.2', -2.2, 0.86),
  {
    name: 'two groups (30 % around −2.8)',
    groups: [
      { share: 0.3, mean: -2.8, sd: 0.5 },
      { share: 0.7, mean: -0.9, sd: 0.6 },
    ],
    scannerShift: 0,
    populationOnly: true,
  },
  { ...unchanged, name: 'scanner +.3 T', scannerShift: 0.3, populationOnly: false },
]

/** Spread of the score about the T-score: what a film can show. */
export const scoreNoise = 0.3
/** The decision rule calls osteoporosis at this score and below, normal from −1 on. */
export const callAt = -2.44
/** People on the card. */
export const cardPeople = 600

const classAt = (value: number, first: number, second: number): number =>
  value <= first ? 0 : value < second ? 1 : 2

/** Called class of a score. */
export const calledClass = (score: number): number => classAt(score, callAt, -1)

/** True shares of osteoporosis, osteopenia and normal in a scenario. */
export const trueMix = (scenario: Scenario): number[] => {
  const below = (cut: number): number =>
    scenario.groups.reduce((sum, { share, mean, sd }) => sum + share * normalCdf((cut - mean) / sd), 0)
  const [first, second] = [below(-2.5), below(-1)]
  return [first, second - first, 1 - second]
}

/** One person: T-score, score on the film, true class. */
export type Person = { readonly t: number; readonly score: number; readonly actual: number }

/** Draws people of a scenario. */
export const drawPeople = (random: Random, scenario: Scenario, people: number): Person[] =>
  Array.from({ length: people }, () => {
    let rest = random()
    const group = scenario.groups.find(({ share }) => (rest -= share) < 0) ?? scenario.groups[0]
    const t = (group?.mean ?? 0) + (group?.sd ?? 1) * drawNormal(random)
    return {
      t,
      score: t + scenario.scannerShift + scoreNoise * drawNormal(random),
      actual: classAt(t, -2.5, -1),
    }
  })

/** A baseline card of the unchanged population, and its people. */
export const drawCard = (random: Random): { card: SeverityCard; people: Person[] } => {
  const people = drawPeople(random, unchanged, cardPeople)
  const card = must(
    fitSeverityCard({
      domain: 'synthetic',
      severity: people.map(({ t }) => t),
      score: people.map(({ score }) => score),
      thresholds: [callAt, -1],
    }),
  )
  return { card, people }
}

/** Counts of people's scores in the card's bins. */
export const countPeople = (card: SeverityCard, people: readonly Person[]): number[] =>
  countScores(
    card.edges,
    people.map(({ score }) => score),
  )

/** Confusion counts (called × true). */
export const crossTable = (people: readonly Person[]): number[][] => {
  const counts = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]
  for (const { score, actual } of people) {
    const row = counts[calledClass(score)]
    if (row) row[actual] = (row[actual] ?? 0) + 1
  }
  return counts
}

/** P(called | true) of the decision rule in a scenario, by midpoint integration over T. */
export const trueColumns = (scenario: Scenario): number[][] => {
  const columns = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]
  const mass = [0, 0, 0]
  for (let t = -8.9995; t < 6; t += 0.001) {
    const actual = classAt(t, -2.5, -1)
    const weight = scenario.groups.reduce(
      (sum, { share, mean, sd }) => sum + (share / sd) * Math.exp(-0.5 * ((t - mean) / sd) ** 2),
      0,
    )
    const first = normalCdf((callAt - t - scenario.scannerShift) / scoreNoise)
    const second = normalCdf((-1 - t - scenario.scannerShift) / scoreNoise)
    mass[actual] = (mass[actual] ?? 0) + weight
    for (const [i, chance] of [first, second - first, 1 - second].entries()) {
      const row = columns[i]
      if (row) row[actual] = (row[actual] ?? 0) + weight * chance
    }
  }
  return columns.map((row) => row.map((value, j) => value / (mass[j] ?? 1)))
}
