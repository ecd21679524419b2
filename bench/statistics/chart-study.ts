import { colours } from '../../src/figures/svg.ts'
import { budgetToThreshold } from '../../src/statistics/charts/alarm-budget.ts'
import { calibrateChart } from '../../src/statistics/charts/calibrate-chart.ts'
import { cusumRunLength, ewmaRunLength } from '../../src/statistics/charts/run-length.ts'
import { cusum, standardiseWindows } from '../../src/statistics/charts/sequential-chart.ts'
import { drawBinomial } from '../../src/statistics/maths/draws.ts'
import { drawBarPlot } from './bar-plot.ts'
import { type Check, type Context, must, type Study } from './study.ts'

const usualShare = 0.17
/** The skew of small windows depends on the share; the page's figures are those of about 7 %. */
const skewedShare = 0.07
const weeks = 52

/** Alarms of one chart in a year without any change, the baseline drawn anew. */
const alarmsInYear = (
  { random }: Context,
  plan: {
    baseline: number
    people: number
    k: number
    h: number
    withBaselineError: boolean
    share?: number
  },
): { alarms: number; up: number } => {
  const chance = plan.share ?? usualShare
  const cases = Math.max(1, drawBinomial(random, plan.baseline, chance))
  const windows = Array.from({ length: weeks }, () => ({
    successes: drawBinomial(random, plan.people, chance),
    people: plan.people,
  }))
  // Leaving the baseline's own error out is the naive chart: its people are taken as endless.
  const people = plan.withBaselineError ? plan.baseline : 1e12
  const points = must(standardiseWindows({ share: cases / plan.baseline, people }, windows, 1))
  const steps = cusum(
    points.map(({ z }) => z),
    { k: plan.k, h: plan.h },
  )
  const raised = steps.flatMap(({ alarm }) => alarm ?? [])
  return { alarms: raised.length, up: raised.filter((side) => side === 'up').length }
}

const exactRows = () => [
  ...[4, 4.77, 5].map((h, i) => [
    `CUSUM h = ${h}`,
    cusumRunLength({ h }).toFixed(1),
    ['167.7', '368.6', '465.4'][i] ?? '',
    cusumRunLength({ h, shift: 1 }).toFixed(2),
    ['8.38', '9.92', '10.38'][i] ?? '',
  ]),
  ...(
    [
      [0.05, 2.615, '469', '7.20'],
      [0.1, 2.814, '486', '8.16'],
      [0.2, 2.962, '494', '9.55'],
    ] as const
  ).map(([lambda, limit, still, moved]) => [
    `EWMA λ = ${lambda}, L = ${limit}`,
    ewmaRunLength({ lambda, limit }).toFixed(0),
    still,
    ewmaRunLength({ lambda, limit, shift: 1 }).toFixed(2),
    moved,
  ]),
]

type BudgetRow = {
  readonly name: string
  readonly baseline: number
  readonly people: number
  readonly change: number
}

const clinics = 200
const chartsEach = 3
const monthly = 1
const budgetRows: readonly BudgetRow[] = [
  { name: 'baseline 2,000, 200 a week, Δ 5 points', baseline: 2000, people: 200, change: 0.05 },
  { name: 'baseline 600, 200 a week, Δ 8 points', baseline: 600, people: 200, change: 0.08 },
  { name: 'baseline 600, 1,000 a week, Δ 8 points', baseline: 600, people: 1000, change: 0.08 },
]

const yearsOf = (context: Context, row: BudgetRow, k: number, h: number, withBaselineError: boolean) => {
  const years = context.runs(60)
  let alarms = 0
  for (let chart = 0; chart < years * clinics * chartsEach; chart += 1)
    alarms += alarmsInYear(context, { ...row, k, h, withBaselineError }).alarms
  return alarms / years
}

/** Sequential charts: exact run lengths, what an estimated baseline does to them, and the budget held all the same. */
export const chartStudy: Study = {
  name: 'sequential alarms and their budget',
  run: (context) => {
    const budget = must(budgetToThreshold({ charts: clinics * 10, falseAlarms: monthly, windows: 4.348 }))
    const count = context.runs(4000)
    const probability = (withBaselineError: boolean): number => {
      let charts = 0
      for (let run = 0; run < count; run += 1)
        if (
          alarmsInYear(context, { baseline: 600, people: 1000, k: 0.5, h: 4.77, withBaselineError }).alarms >
          0
        )
          charts += 1
      return charts / count
    }
    const ignored = probability(false)
    const included = probability(true)
    const intervals = [25, 100, 400].map((people) => {
      let [alarms, up] = [0, 0]
      for (let run = 0; run < count; run += 1) {
        const found = alarmsInYear(context, {
          baseline: 600,
          people,
          k: 0.5,
          h: 5,
          withBaselineError: false,
          share: skewedShare,
        })
        alarms += found.alarms
        up += found.up
      }
      return { people, windows: (count * weeks) / alarms, up: up / alarms }
    })
    context.progress(1, 2)
    const accepted = (monthly * weeks) / 4.348
    const perChart = accepted / (clinics * chartsEach)
    const budgets = budgetRows.map((row) => {
      const calibrated = must(
        calibrateChart({
          chart: { kind: 'cusum', change: row.change },
          share: usualShare,
          baselinePeople: row.baseline,
          windowPeople: row.people,
          horizon: weeks,
          falseAlarms: perChart,
          random: context.random,
          ...(context.quick ? { runs: 10_000 } : { runs: 40_000 }),
        }),
      )
      const known = must(
        budgetToThreshold({ charts: clinics * chartsEach, falseAlarms: monthly, windows: 4.348 }),
      ).knownBaselineThreshold
      return {
        row,
        calibrated,
        known,
        ours: yearsOf(context, row, calibrated.k, calibrated.threshold, true),
        naive: yearsOf(context, row, 0.5, known, false),
      }
    })
    // Counting error of simulated years and of the calibration itself (Poisson), three standard errors.
    const years = context.runs(60)
    const slack =
      3 * Math.sqrt(accepted / years + accepted ** 2 / (perChart * (context.quick ? 10_000 : 40_000)))
    return {
      title: 'Sequential alarms: a false-alarm budget with an estimated baseline',
      text: [
        `One false alarm a month over ${clinics} clinics × 10 weekly charts asks for a run length of ${budget.runLength.toFixed(0)} weeks (page ≈ 8,700), h = ${budget.knownBaselineThreshold.toFixed(2)} (7.9) and ${budget.windowsToSee.toFixed(1)} weeks to see one standard error (16): hence three alarming charts a clinic.`,
        `An estimated baseline ruins thresholds made for a known one. Baseline 600, 1,000 people a week, h = 4.77: ${(100 * ignored).toFixed(0)} % of unchanged charts alarm within a year (page 80 %), ${(100 * included).toFixed(0)} % with the baseline's error in the SE (52 %). With h = 5 and a share of 7 % a chart alarms once in ${intervals.map(({ windows }) => windows.toFixed(0)).join('/')} windows of 25/100/400 people (175/56/18) instead of 465; at 25 people ${(100 * (intervals[0]?.up ?? 0)).toFixed(0)} % of the alarms point upward (84 %).`,
        `Below, ${clinics} clinics × ${chartsEach} charts run for simulated years in which nothing changes; ${accepted.toFixed(1)} false alarms a year are accepted. Ours: h calibrated by simulation that redraws the baseline, k = max(.5, Δ/2SE). Naive: h for a known baseline, baseline error left out of the SE.`,
      ],
      tables: [
        {
          caption: 'Exact run lengths in windows, known baseline',
          columns: ['chart', 'in control', 'page', 'after a shift of 1 sd', 'page'],
          rows: exactRows(),
        },
        {
          caption: 'False alarms a year over all clinics when nothing changes',
          columns: [
            'charts',
            'accepted',
            'ours',
            'naive',
            'our h, k',
            'weeks to see Δ (share of charts that do)',
          ],
          rows: budgets.map(({ row, calibrated, ours, naive }) => [
            row.name,
            accepted.toFixed(1),
            ours.toFixed(1),
            naive.toFixed(0),
            `${calibrated.threshold.toFixed(2)}, ${calibrated.k.toFixed(2)}`,
            `${(calibrated.detection?.meanWindows ?? 0).toFixed(1)} (${(100 * (calibrated.detection?.seen ?? 0)).toFixed(0)} %)`,
          ]),
        },
      ],
      plots: [
        {
          file: 'alarm-budget.svg',
          alt: 'False alarms in a year without change: calibrated charts keep the budget, naive ones exceed it many times',
          svg: drawBarPlot({
            title: 'The false-alarm budget holds only if the baseline’s own error is simulated',
            note: `False alarms in a year without any change; ${clinics} clinics × ${chartsEach} weekly charts; ${accepted.toFixed(0)} are accepted`,
            labelWidth: 300,
            groups: budgets.map(({ row, ours, naive }) => ({ name: row.name, values: [ours, naive] })),
            series: [
              { name: 'h calibrated with a redrawn baseline', fill: colours.ours },
              { name: 'h for a known baseline', fill: colours.naive },
            ],
            axis: {
              high: Math.max(...budgets.map(({ naive }) => naive)),
              name: 'false alarms a year',
              write: (value) => value.toFixed(0),
            },
          }),
        },
      ],
      checks: [
        ...budgets.map(
          ({ row, ours }): Check => ({
            name: `false alarms a year, ${row.name} (accepted ${accepted.toFixed(1)})`,
            value: ours,
            low: 0,
            high: accepted + slack,
          }),
        ),
        {
          name: 'run length of CUSUM h = 5 (page 465.4)',
          value: cusumRunLength({ h: 5 }),
          low: 465.35,
          high: 465.55,
        },
        { name: 'naive chart alarms within a year (page .80)', value: ignored, low: 0.7, high: 0.9 },
        { name: 'with the baseline in the SE (page .52)', value: included, low: 0.42, high: 0.62 },
      ],
    }
  },
}
