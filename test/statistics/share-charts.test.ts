import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phantomChart } from '../../src/statistics/charts/phantom-chart.ts'
import { fitShareBaseline, type ShareWeek } from '../../src/statistics/charts/share-baseline.ts'
import {
  calibrateShareChart,
  drawOverDispersed,
  standardiseShareWeeks,
} from '../../src/statistics/charts/share-chart.ts'
import { smallestVisibleChange } from '../../src/statistics/charts/visible-change.ts'
import { drawNormal } from '../../src/statistics/maths/draws.ts'
import { createRandom } from '../../src/statistics/maths/random.ts'
import { close, expectReason, valueOf, warningsOf } from './expect-answer.ts'

type World = {
  season?: number
  dispersion?: number
  older?: (week: number) => number
  shift?: (week: number) => number
}

/** Weeks of 300 people in two age strata of 10 and 30 %. */
const drawWeeks = (seed: number, count: number, world: World = {}): ShareWeek[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, week) => {
    const old = world.older?.(week) ?? 100
    const extra = (world.season ?? 0) * Math.cos((2 * Math.PI * week) / 52.1775) + (world.shift?.(week) ?? 0)
    const draw = (people: number, chance: number) => ({
      people,
      successes: drawOverDispersed(random, people, chance + extra, world.dispersion ?? 1),
    })
    return { week, strata: [draw(300 - old, 0.1), draw(old, 0.3)] }
  })
}

const zOf = (weeks: readonly ShareWeek[], baselineWeeks: number): number[] => {
  const baseline = valueOf(fitShareBaseline(weeks.slice(0, baselineWeeks)))
  return valueOf(standardiseShareWeeks(baseline, weeks.slice(baselineWeeks))).map(({ z }) => z)
}
const meanOf = (values: readonly number[]): number => values.reduce((sum, z) => sum + z, 0) / values.length
const spreadOf = (values: readonly number[]): number =>
  Math.sqrt(meanOf(values.map((z) => (z - meanOf(values)) ** 2)))

test('φ, season and level are found, and z is standard without any change', () => {
  const weeks = drawWeeks(1, 600, { season: 0.02, dispersion: 1.5 })
  const baseline = valueOf(fitShareBaseline(weeks.slice(0, 300)))
  close(baseline.overDispersion, 1.5, 0.25)
  close(baseline.season[1] ?? 0, 0.02, 0.006)
  close(baseline.strata[1] ?? 0, 0.3, 0.02)
  const z = zOf(weeks, 300)
  assert.ok(Math.abs(meanOf(z)) < 0.4 && Math.abs(spreadOf(z) - 1) < 0.15)
})

test('older people in the same strata do not move the chart, a change within strata does', () => {
  const older = (week: number): number => 100 + Math.min(100, week)
  const weeks = drawWeeks(2, 208, { older })
  assert.ok(Math.abs(meanOf(zOf(weeks, 104))) < 0.6)
  const shift = (week: number): number => (week < 104 ? 0 : 0.06)
  assert.ok(meanOf(zOf(drawWeeks(3, 208, { shift }), 104)) > 1.5)
})

test('a season is removed from 52 weeks on, and its absence is said', () => {
  const short = fitShareBaseline(drawWeeks(4, 30))
  assert.equal(valueOf(short).season.length, 1)
  assert.ok(warningsOf(short).includes('small-window'))
  expectReason(fitShareBaseline(drawWeeks(4, 5)), 'too-few')
  expectReason(fitShareBaseline([]), 'empty')
  const baseline = valueOf(fitShareBaseline(drawWeeks(4, 60)))
  expectReason(
    standardiseShareWeeks(baseline, [{ week: 70, strata: [{ successes: 1, people: 4 }] }]),
    'invalid-input',
  )
  const [week] = drawWeeks(5, 1)
  assert.ok(week)
  expectReason(standardiseShareWeeks(baseline, [week, week]), 'invalid-input')
})

test('a calibrated chart keeps its budget with φ and season, and asks more than one without', () => {
  const plan = {
    share: 0.17,
    peopleAWeek: 200,
    baselineWeeks: 52,
    overDispersion: 1.5,
    season: 0.02,
    change: 0.05,
    horizon: 52,
    falseAlarms: 0.2,
    runs: 400,
  }
  const found = valueOf(calibrateShareChart({ ...plan, random: createRandom(1) }))
  assert.ok(found.falseAlarms <= 0.2)
  const fresh = valueOf(calibrateShareChart({ ...plan, baselineWeeks: 156, random: createRandom(1) }))
  assert.ok(fresh.threshold < found.threshold, 'a longer baseline needs less')
  assert.deepEqual(valueOf(calibrateShareChart({ ...plan, random: createRandom(1) })), found)
})

test('the smallest visible change shrinks with people and with time', () => {
  const plan = { share: 0.17, baselinePeople: 9000, peopleAWeek: 180, threshold: 5, weeks: 5 }
  const few = valueOf(smallestVisibleChange(plan))
  const many = valueOf(smallestVisibleChange({ ...plan, peopleAWeek: 1000 }))
  const long = valueOf(smallestVisibleChange({ ...plan, weeks: 20 }))
  assert.ok(many.change < few.change && long.change < few.change)
  assert.match(
    few.statement,
    /with 180 people a week a change of \d+\.\d points would have been seen within 5 weeks/,
  )
  expectReason(smallestVisibleChange({ ...plan, peopleAWeek: 20 }), 'too-few')
})

test('a phantom chart keeps its false alarms though its baseline is an estimate, and sees a shift', () => {
  const random = createRandom(7)
  const draw = (count: number, shift = 0): number[] =>
    Array.from({ length: count }, () => shift + 0.05 * drawNormal(random))
  let [alarms, seen] = [0, 0]
  for (let run = 0; run < 400; run += 1) {
    const baseline = draw(10)
    const chart = (shift: number) =>
      valueOf(phantomChart({ baseline, readings: draw(10, shift), falseAlarm: 0.01 })).points
    alarms += chart(0).filter(({ alarm }) => alarm).length
    seen += chart(0.3).filter(({ alarm }) => alarm === 'up').length
  }
  assert.ok(alarms > 15 && alarms < 75, `${alarms} of 4,000, 40 expected`)
  assert.ok(seen > 3400)
  expectReason(phantomChart({ baseline: draw(5), readings: [1] }), 'too-few')
  expectReason(phantomChart({ baseline: [1, 1, 1, 1, 1, 1, 1, 1], readings: [1] }), 'uninformative')
})
