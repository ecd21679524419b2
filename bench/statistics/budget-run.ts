import { cusum } from '../../src/statistics/charts/sequential-chart.ts'
import { fitShareBaseline, type ShareWeek } from '../../src/statistics/charts/share-baseline.ts'
import {
  calibrateShareChart,
  drawOverDispersed,
  standardiseShareWeeks,
} from '../../src/statistics/charts/share-chart.ts'
import { type FilmPair, samePeopleChange } from '../../src/statistics/drift/same-people.ts'
import { drawBinomial, drawNormal } from '../../src/statistics/maths/draws.ts'
import type { Random } from '../../src/statistics/maths/random.ts'
import { must } from './study.ts'

const sizes = [20, 40, 80, 160, 280, 400] as const
const clinics = 200
const accepted = 12
const [overDispersion, season, change] = [1.5, 0.02, 0.05]
const [baselineWeeks, horizon] = [104, 52]
/** Of the films, 15 % come up to 40 days late; those of more than 14 days are not in the week that the chart took. */
const missing = 0.15 * (26 / 40)

/** Weeks of a clinic that ages by one point a year: its older stratum grows. */
const drawWeeks = (random: Random, people: number, start: number): ShareWeek[] =>
  Array.from({ length: baselineWeeks + horizon }, (_, i) => {
    const week = start + i
    const older = 0.35 + (i / 52) * 0.05
    const extra = season * Math.cos((2 * Math.PI * week) / 52.1775)
    const seen = i < baselineWeeks ? people : people - drawBinomial(random, people, missing)
    const old = drawBinomial(random, seen, older)
    const draw = (count: number, chance: number) => ({
      people: count,
      successes: drawOverDispersed(random, count, chance + extra, overDispersion),
    })
    return { week, strata: [draw(seen - old, 0.1), draw(old, 0.3)] }
  })

/** Alarms a year of 200 clinics of 20 to 400 people a week without any change, and the thresholds that they kept. */
export const runBudget = (random: Random, years: number, runs: number) => {
  const calibrated = sizes.map((peopleAWeek) => ({
    peopleAWeek,
    chart: must(
      calibrateShareChart({
        share: 0.17,
        peopleAWeek,
        baselineWeeks,
        overDispersion,
        season,
        change,
        horizon,
        falseAlarms: accepted / clinics,
        random,
        runs,
      }),
    ),
  }))
  let alarms = 0
  for (let chart = 0; chart < years * clinics; chart += 1) {
    const people = 20 + Math.floor(381 * random())
    // The next smaller size: its window is noisier, so its threshold is no lower a bar.
    const own = calibrated.findLast(({ peopleAWeek }) => peopleAWeek <= people) ?? calibrated[0]
    if (!own) continue
    const weeks = drawWeeks(random, people, Math.floor(52 * random()))
    const baseline = must(fitShareBaseline(weeks.slice(0, baselineWeeks)))
    const points = must(standardiseShareWeeks(baseline, weeks.slice(baselineWeeks)))
    const steps = cusum(
      points.map(({ z }) => z),
      { k: own.chart.k, h: own.chart.threshold },
    )
    alarms += steps.filter(({ alarm }) => alarm).length
  }
  return { alarmsAYear: alarms / years, years, calibrated }
}

const drawPairs = (random: Random, count: number, shift: number, years: number): FilmPair[] => {
  const pairs: FilmPair[] = []
  while (pairs.length < count) {
    const t = -1.7 + 0.86 * drawNormal(random)
    const before = t + 0.33 * drawNormal(random)
    // Who had a low score comes again.
    if (before > -1.5) continue
    const between = years * (0.5 + random())
    const after = t - 0.02 * between + shift + 0.33 * drawNormal(random)
    pairs.push({
      person: random(),
      clinic: pairs.length % 12,
      change: after - before,
      years: between,
      before,
    })
  }
  return pairs
}

/** Size and power of the same-people test: ageing, selection by low score, 100 pairs on each side. */
export const runSamePeople = (random: Random, repetitions: number) => {
  const rejected = (shift: number): number => {
    let count = 0
    for (let run = 0; run < repetitions; run += 1) {
      const across = drawPairs(random, 100, shift, 2)
      const within = drawPairs(random, 100, 0, 1)
      const { low, high } = must(samePeopleChange({ across, within }))
      if (low > 0 || high < 0) count += 1
    }
    return count / repetitions
  }
  return { size: rejected(0), power: rejected(0.3), repetitions }
}
