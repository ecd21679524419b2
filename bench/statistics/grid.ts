import { createRandom, seedFrom } from '../../src/statistics/maths/random.ts'
import { runBudget, runSamePeople } from './budget-run.ts'
import { bootstrapCells, closedCells, type GridResult, runCell } from './grid-cells.ts'
import { share, shareError } from './study.ts'

/** How much of the grid is run; the issue asks for 2,000, 400, 2,000 and 30. */
export type GridPlan = {
  readonly seed: number
  readonly closed: number
  readonly bootstrap: number
  readonly samePeople: number
  readonly years: number
  readonly progress: (what: string) => void
}

/** A cell falls short where even three Monte-Carlo errors do not lift its coverage to .95. */
const fallsShort = ({ coverage, answered }: GridResult): boolean =>
  answered > 0 && coverage + 3 * shareError(coverage, answered) < 0.95

const nameOf = ({ cell }: GridResult): string =>
  `${cell.method}, window ${cell.window}, card ${cell.card} a class, class ${cell.ofClass} at ${100 * cell.share} %, log-sd ${cell.logSd}, ${cell.sites} site${cell.sites > 1 ? 's' : ''}`

const rowOf = (result: GridResult): string =>
  `| ${nameOf(result)} | ${share(result.coverage)} | ${share(result.width)} | ${result.answered} of ${result.repetitions} | ${result.said.join(', ') || 'nothing'} |`

const tableOf = (results: readonly GridResult[]): string[] => [
  '| cell | coverage | width | answered | what the product says there |',
  '|---|---|---|---|---|',
  ...results.map(rowOf),
  '',
]

const summaryOf = (title: string, results: readonly GridResult[]): string[] => {
  const short = results.filter(fallsShort)
  const mute = short.filter(({ said }) => said.length === 0)
  const least = results.reduce(
    (low, { coverage, answered }) => (answered > 0 ? Math.min(low, coverage) : low),
    1,
  )
  return [
    `## ${title}: no shortfall seen in ${results.length - short.length} of ${results.length} cells`,
    '',
    `Least coverage ${share(least)}. ${short.length} cells fall short of .95 beyond Monte-Carlo error; in ${mute.length} of them the product says nothing beyond the caption of its method.`,
    '',
    ...(short.length > 0 ? ['Cells that fall short:', '', ...tableOf(short)] : []),
  ]
}

/** Runs the grid, the same-people test and the budget, and writes their page. */
export const runGrid = (plan: GridPlan): string => {
  const random = (name: string) => createRandom(seedFrom('grid', plan.seed, name))
  const people = runSamePeople(random('same people'), plan.samePeople)
  plan.progress(`same people: size ${share(people.size)}, power ${share(people.power)}`)
  const budget = runBudget(random('budget'), plan.years, 4000)
  plan.progress(`budget: ${budget.alarmsAYear.toFixed(1)} alarms a year`)
  const run = (cells: typeof closedCells, repetitions: number, name: string): GridResult[] =>
    cells.map((cell, i) => {
      if (i % 48 === 0) plan.progress(`${name}: ${i} of ${cells.length}`)
      return runCell(cell, repetitions, random(`${name} ${i}`))
    })
  const bootstrap = run(bootstrapCells, plan.bootstrap, 'bootstrap')
  const closed = run(closedCells, plan.closed, 'closed forms')
  return [
    '# The grid of the statistics',
    '',
    `Written by \`npm run validate:statistics -- --grid --seed ${plan.seed} --closed ${plan.closed} --bootstrap ${plan.bootstrap} --years ${plan.years}\` with ${plan.samePeople} repetitions of the same-people test; the same command writes the same page. The measure asks for 2,000 repetitions of closed forms, 400 of bootstraps and 30 years: fewer show only gross faults. All people here are simulated; the truth is drawn anew for each cell. Bootstraps of limits have 100 draws here, 1,000 and 200 in the product.`,
    '',
    '## The same people before and after',
    '',
    `100 pairs across and 100 within, selected by a low first score, ageing by .02 T a year, twice as long between the films across: the test rejects ${share(people.size)} without a change (asked: .04 to .06) and ${share(people.power)} at .3 T (asked: .9 or more), ${people.repetitions} repetitions.`,
    '',
    '## The false-alarm budget',
    '',
    `200 clinics of 20 to 400 people a week, φ 1.5, season ± 2 points, ageing of about one point a year, 15 % of films up to 40 days late, one chart a clinic with a baseline of 104 weeks: ${budget.alarmsAYear.toFixed(1)} false alarms a year over ${budget.years} years (accepted: 12). Thresholds at ${budget.calibrated.map(({ peopleAWeek, chart }) => `${peopleAWeek} a week: h ${chart.threshold.toFixed(1)}`).join(', ')}. Each year is a new baseline and the 52 weeks after it.`,
    '',
    ...summaryOf('Severity-aware limits (bootstrap)', bootstrap),
    'All of its cells:',
    '',
    ...tableOf(bootstrap),
    ...summaryOf('Matrix limits (closed forms)', closed),
  ].join('\n')
}
