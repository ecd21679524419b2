import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { aCount, faultInInputs, fields, listOf, type Rule, wholeFrom } from '../inputs/input-rules.ts'
import { apply, inverse, type Rows } from '../maths/linear-algebra.ts'

/** Successes of people in one stratum (age band × sex) of one week. */
export type WeekStratum = { readonly successes: number; readonly people: number }

/** One complete week: its number on a calendar that all charts share, and its strata in one order for all weeks. */
export type ShareWeek = { readonly week: number; readonly strata: readonly WeekStratum[] }

/** Frozen baseline of a chart: shares by stratum, season once a year of data exists, and spread between weeks. */
export type ShareBaseline = {
  readonly share: number
  readonly people: number
  readonly weeks: number
  /** Share of each stratum, drawn a little towards the share of all. */
  readonly strata: readonly number[]
  /** φ: how much more weeks of this scope vary than people drawn one by one; 1 or more. */
  readonly overDispersion: number
  /** Level, cosine and sine of the year, in shares; the level alone below a year of data. */
  readonly season: readonly number[]
  /** Covariance of the season, the error of the whole baseline in it. */
  readonly covariance: Rows
}

/** Weeks of a year, weeks below which there is no baseline, and weeks from which a season is removed. */
const year = 52.1775
const fewestWeeks = 12
const seasonFrom = 52
/** People that the share of all counts for in each stratum. */
const pulled = 5

/** Weeks of strata, as charts take them. */
export const someWeeks: Rule = listOf(
  fields({ week: wholeFrom(0, 1e6), strata: listOf(fields({ successes: aCount, people: aCount })) }),
)

/** Says what is wrong with weeks: more successes than people, another number of strata. */
export const faultInWeeks = (
  weeks: readonly ShareWeek[],
  strata: number,
  name: string,
): NoAnswer | undefined => {
  for (const { week, strata: own } of weeks) {
    if (own.length !== strata)
      return noAnswer('invalid-input', `${name}: week ${week} takes ${strata} strata, not ${own.length}`)
    if (own.some(({ successes, people }) => successes > people))
      return noAnswer('invalid-input', `${name}: week ${week} has more successes than people`)
  }
  return undefined
}

/** Level and season of a week: 1, and the cosine and sine of its place in the year where the baseline has a season. */
export const seasonOf = (week: number, terms: number): number[] => {
  const angle = (2 * Math.PI * week) / year
  return [1, Math.cos(angle), Math.sin(angle)].slice(0, terms)
}

/** A week against the shares of its strata: people, successes, successes expected, and their binomial variance. */
export type WeekSums = {
  readonly week: number
  readonly people: number
  readonly observed: number
  readonly expected: number
  readonly variance: number
}

/** Sums of one week at given shares of the strata. */
export const sumWeek = ({ week, strata }: ShareWeek, shares: readonly number[]): WeekSums => {
  let [people, observed, expected, variance] = [0, 0, 0, 0]
  strata.forEach((stratum, s) => {
    const share = shares[s] ?? 0
    people += stratum.people
    observed += stratum.successes
    expected += stratum.people * share
    variance += stratum.people * share * (1 - share)
  })
  return { week, people, observed, expected, variance }
}

const strataShares = (weeks: readonly ShareWeek[], share: number): number[] => {
  const strata = weeks[0]?.strata.length ?? 0
  const sums = Array.from({ length: strata }, () => ({ successes: 0, people: 0 }))
  for (const week of weeks)
    week.strata.forEach(({ successes, people }, s) => {
      const sum = sums[s]
      if (!sum) return
      sum.successes += successes
      sum.people += people
    })
  return sums.map(({ successes, people }) => (successes + pulled * share) / (people + pulled))
}

/** Weighted least squares of a week's surplus on level and season, and φ from what is left. */
const fitSeason = (sums: readonly WeekSums[]) => {
  const used = sums.filter(({ people, variance }) => people > 0 && variance > 0)
  const terms = used.length >= seasonFrom ? 3 : 1
  const normal = Array.from({ length: terms }, () => Array.from({ length: terms }, () => 0))
  const right = Array.from({ length: terms }, () => 0)
  // Surplus/people has variance v/people², so each week weighs people²/v.
  for (const { week, people, observed, expected, variance } of used) {
    const row = seasonOf(week, terms)
    row.forEach((x, i) => {
      right[i] = (right[i] ?? 0) + (x * people * (observed - expected)) / variance
      row.forEach((y, j) => {
        const target = normal[i]
        if (target) target[j] = (target[j] ?? 0) + (x * y * people * people) / variance
      })
    })
  }
  const back = inverse(normal)
  if (!back) return undefined
  const season = apply(back, right)
  const chi = used.reduce((sum, { week, people, observed, expected, variance }) => {
    const fitted = seasonOf(week, terms).reduce((at, x, j) => at + x * (season[j] ?? 0), 0)
    return sum + (observed - expected - people * fitted) ** 2 / variance
  }, 0)
  const overDispersion = Math.max(1, chi / Math.max(1, used.length - terms))
  return { season, overDispersion, covariance: back.map((row) => row.map((value) => value * overDispersion)) }
}

/**
 * Baseline of a share chart from complete weeks: indirect standardisation by strata (each week is held against the
 * shares that its own people's strata had, Breslow & Day 1987), season by one harmonic once 52 weeks exist, and φ between
 * weeks (McCullagh & Nelder 1989). Frozen: the chart never learns from what it judges.
 * No answer: empty, invalid-input, too-few (< 12 weeks), uninformative (share 0 or 1).
 */
export const fitShareBaseline = (weeks: readonly ShareWeek[]): Answer<ShareBaseline> => {
  const fault =
    faultInInputs({ weeks }, { weeks: someWeeks }) ??
    faultInWeeks(weeks, weeks[0]?.strata.length ?? 0, 'weeks')
  if (fault) return fault
  const crude = weeks.map((week) => sumWeek(week, []))
  const people = crude.reduce((sum, week) => sum + week.people, 0)
  if (people === 0) return noAnswer('empty', 'no people in the baseline')
  const filled = crude.filter((week) => week.people > 0).length
  if (filled < fewestWeeks) return noAnswer('too-few', `${filled} weeks with people, ${fewestWeeks} needed`)
  const share = crude.reduce((sum, week) => sum + week.observed, 0) / people
  if (!(share > 0 && share < 1)) return noAnswer('uninformative', 'the baseline share is 0 or 1')
  const strata = strataShares(weeks, share)
  const fit = fitSeason(weeks.map((week) => sumWeek(week, strata)))
  if (!fit) return noAnswer('singular', 'the weeks do not cover the year')
  const notes: Warning[] = []
  if (fit.season.length === 1)
    notes.push(warn('small-window', `season not removed: ${filled} weeks, ${seasonFrom} needed`))
  return answer({ share, people, weeks: filled, strata, ...fit }, notes)
}
