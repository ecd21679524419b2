import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { budgetToThreshold } from '../../src/statistics/charts/alarm-budget.ts'
import { calibrateChart } from '../../src/statistics/charts/calibrate-chart.ts'
import { type ChartAlarm, groupIncidents } from '../../src/statistics/charts/incidents.ts'
import { cusumRunLength, cusumThreshold, ewmaRunLength } from '../../src/statistics/charts/run-length.ts'
import {
  cusum,
  ewma,
  referenceValue,
  standardiseWindows,
} from '../../src/statistics/charts/sequential-chart.ts'
import { createRandom } from '../../src/statistics/maths/random.ts'
import { close, expectReason, valueOf, warningsOf } from './expect-answer.ts'
import { readOracle } from './oracles/oracle.ts'

const recorded = readOracle<{ cusum: number[][]; ewma: number[][] }>('charts')

test('CUSUM run lengths agree with Markov chains to 1e-6, EWMA with a fixed grid to 2e-4', () => {
  for (const [k = 0, h = 0, shift = 0, length = 0] of recorded.cusum)
    close(cusumRunLength({ k, h, shift }) / length, 1, 1e-6)
  for (const [lambda = 0, limit = 0, shift = 0, length = 0] of recorded.ewma)
    close(ewmaRunLength({ lambda, limit, shift }) / length, 1, 2e-4)
})

test('the figures of the statistics page', () => {
  for (const [h, still, moved] of [
    [4, 167.7, 8.38],
    [4.77, 368.6, 9.92],
    [5, 465.4, 10.38],
  ] as const) {
    close(cusumRunLength({ h }), still, 5e-4)
    close(cusumRunLength({ h, shift: 1 }), moved, 1e-3)
    close(cusumRunLength({ h, shift: -1 }), moved, 1e-3)
  }
  for (const [lambda, limit, still, moved] of [
    [0.05, 2.615, 469, 7.2],
    [0.1, 2.814, 486, 8.16],
    [0.2, 2.962, 494, 9.55],
  ] as const) {
    assert.equal(Math.round(ewmaRunLength({ lambda, limit })), still)
    close(ewmaRunLength({ lambda, limit, shift: 1 }), moved, 1e-3)
  }
})

test('a budget becomes a threshold: one alarm a month over 2,000 weekly charts', () => {
  const found = valueOf(budgetToThreshold({ charts: 2000, falseAlarms: 1, windows: 4.348 }))
  close(found.runLength, 8696)
  assert.equal(found.knownBaselineThreshold.toFixed(1), '7.9')
  assert.equal(Math.round(found.windowsToSee), 16)
  close(cusumRunLength({ h: cusumThreshold(500) }), 500, 1e-6)
  expectReason(budgetToThreshold({ charts: 0, falseAlarms: 1, windows: 4 }), 'empty')
  expectReason(budgetToThreshold({ charts: 5, falseAlarms: 0, windows: 4 }), 'invalid-input')
})

test('a CUSUM by hand: it adds what exceeds k, alarms above h, and starts again', () => {
  const steps = cusum([1, 2, 0, 3, 1, -4], { k: 0.5, h: 4 })
  assert.deepEqual(
    steps.map(({ high }) => high),
    [0.5, 2, 1.5, 4, 4.5, 0],
  )
  assert.deepEqual(
    steps.map(({ alarm }) => alarm),
    [undefined, undefined, undefined, undefined, 'up', undefined],
  )
  assert.equal(steps[5]?.low, 3.5)
})

test('an EWMA by hand: limits widen with time and start again after an alarm', () => {
  const steps = ewma([0, 0, -9, 0], { lambda: 0.2, limit: 3 })
  close(steps[0]?.limit ?? 0, 3 * 0.2)
  close(steps[1]?.limit ?? 0, 3 * Math.sqrt((0.2 / 1.8) * (1 - 0.8 ** 4)))
  assert.equal(steps[2]?.alarm, 'down')
  close(steps[3]?.limit ?? 0, 3 * 0.2)
})

test('windows are standardised about a baseline that is itself an estimate, and pooled to 200 people', () => {
  const baseline = { share: 0.2, people: 800 }
  const windows = [
    { successes: 30, people: 120 },
    { successes: 30, people: 80 },
    { successes: 60, people: 250 },
    { successes: 5, people: 20 },
  ]
  const points = valueOf(standardiseWindows(baseline, windows))
  assert.deepEqual(
    points.map(({ people, windows: pooled }) => [people, pooled]),
    [
      [200, 2],
      [250, 1],
    ],
  )
  close(points[0]?.z ?? 0, 0.1 / Math.sqrt(0.16 * (1 / 200 + 1 / 800)))
  expectReason(standardiseWindows(baseline, []), 'empty')
  expectReason(standardiseWindows(baseline, [{ successes: 1, people: 20 }]), 'too-few')
  expectReason(standardiseWindows({ share: 0, people: 10 }, windows), 'uninformative')
  expectReason(standardiseWindows(baseline, [{ successes: 3, people: 2 }]), 'invalid-input')
  close(referenceValue(0.08, 0.02), 2)
  close(referenceValue(0.01, 0.02), 0.5)
})

test('calibration keeps the budget with an estimated baseline, and asks more of a small one', () => {
  const plan = {
    chart: { kind: 'cusum', change: 0.08 },
    share: 0.17,
    windowPeople: 400,
    horizon: 52,
    falseAlarms: 0.05,
    runs: 3000,
  } as const
  const small = valueOf(calibrateChart({ ...plan, baselinePeople: 600, random: createRandom(1) }))
  const large = valueOf(calibrateChart({ ...plan, baselinePeople: 100_000, random: createRandom(1) }))
  assert.ok(small.falseAlarms <= 0.05 && large.falseAlarms <= 0.05)
  assert.ok(small.threshold > large.threshold)
  assert.ok((small.detection?.seen ?? 0) > 0.9)
  const again = valueOf(calibrateChart({ ...plan, baselinePeople: 600, random: createRandom(1) }))
  assert.deepEqual(again, small)
  const byAverage = valueOf(
    calibrateChart({
      ...plan,
      chart: { kind: 'ewma', lambda: 0.1 },
      baselinePeople: 5000,
      random: createRandom(2),
    }),
  )
  assert.ok(byAverage.threshold > 2 && byAverage.falseAlarms <= 0.05)
  expectReason(calibrateChart({ ...plan, baselinePeople: 0, random: createRandom(1) }), 'empty')
  expectReason(
    calibrateChart({ ...plan, share: 0, baselinePeople: 600, random: createRandom(1) }),
    'uninformative',
  )
  expectReason(
    calibrateChart({ ...plan, falseAlarms: 0, baselinePeople: 600, random: createRandom(1) }),
    'invalid-input',
  )
})

test('a baseline too small for the change is said to be', () => {
  const found = calibrateChart({
    chart: { kind: 'cusum', change: 0.02 },
    share: 0.17,
    baselinePeople: 300,
    windowPeople: 1000,
    horizon: 52,
    falseAlarms: 0.01,
    runs: 1500,
    random: createRandom(3),
  })
  assert.ok(warningsOf(found).includes('budget-not-reachable'))
})

const alarm = (id: string, window: number, rest: Omit<ChartAlarm, 'id' | 'window'>): ChartAlarm => ({
  id,
  window,
  ...rest,
})

test('a model that all clinics share joins nothing: three regions of different makers are three incidents', () => {
  const model = { model: 'vit 1.1.0' }
  const alarms = ['north', 'east', 'south'].map((region, i) => ({
    ...alarm(region, 4, { region, maker: `m${i}`, software: `s${i}` }),
    ...model,
  }))
  assert.equal(groupIncidents(alarms).length, 3)
  const changed = alarms.map((own) => ({ ...own, changedDigest: 'abc' }))
  assert.deepEqual(groupIncidents(changed)[0]?.shared, { changedDigest: 'abc' })
  const software = alarms.map((own) => ({ ...own, software: 's' }))
  assert.equal(groupIncidents(software).length, 1)
  assert.throws(() => groupIncidents([{ id: 'a', window: -1 }]), /alarms\[0\].window takes a whole number/)
})

test('alarms that share software, maker or region within two windows are one incident', () => {
  const alarms = [
    alarm('a', 1, { region: 'north', maker: 'x' }),
    alarm('b', 3, { region: 'south', maker: 'x' }),
    alarm('c', 5, { region: 'south', maker: 'y' }),
    alarm('d', 9, { region: 'south', maker: 'y' }),
    alarm('e', 1, { region: 'east' }),
  ]
  const incidents = groupIncidents(alarms)
  assert.deepEqual(
    incidents.map((incident) => incident.alarms.map(({ id }) => id)),
    [['a', 'b', 'c'], ['e'], ['d']],
  )
  assert.deepEqual(incidents[0]?.shared, {})
  assert.equal(incidents[0]?.lastWindow, 5)
  const [pair] = groupIncidents(alarms.slice(0, 2))
  assert.deepEqual(pair?.shared, { maker: 'x' })
  assert.deepEqual(groupIncidents([]), [])
})

test('every alarm is in exactly one incident, whatever the order', () => {
  const any = fc.record({
    window: fc.integer({ min: 0, max: 20 }),
    maker: fc.constantFrom('x', 'y', 'z'),
    region: fc.constantFrom('n', 's', 'e', 'w'),
  })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 25 }), fc.integer({ min: 0, max: 99 }), (drawn, turn) => {
      const alarms = drawn.map((one, i) => ({ ...one, id: String(i).padStart(2, '0') }))
      const turned = [
        ...alarms.slice(turn % (alarms.length || 1)),
        ...alarms.slice(0, turn % (alarms.length || 1)),
      ]
      const incidents = groupIncidents(alarms)
      assert.deepEqual(groupIncidents(turned), incidents)
      const ids = incidents.flatMap((incident) => incident.alarms.map(({ id }) => id)).sort()
      assert.deepEqual(
        ids,
        alarms.map(({ id }) => id),
      )
      const home = new Map(
        incidents.flatMap((incident, i) => incident.alarms.map(({ id }) => [id, i] as const)),
      )
      for (const one of alarms)
        for (const other of alarms)
          if (
            Math.abs(one.window - other.window) <= 2 &&
            (one.maker === other.maker || one.region === other.region)
          )
            assert.equal(home.get(one.id), home.get(other.id))
    }),
    { seed: 11, numRuns: 150 },
  )
})

test('run lengths grow with the threshold and shrink with the shift', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 7, noNaN: true }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (h, shift) => {
        const here = cusumRunLength({ h, shift })
        assert.ok(cusumRunLength({ h: h + 0.3, shift }) > here)
        assert.ok(cusumRunLength({ h, shift: shift + 0.3 }) < here)
      },
    ),
    { seed: 12, numRuns: 20 },
  )
})
