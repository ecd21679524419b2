/** The Monte-Carlo study of the statistics: `npm run validate:statistics [-- --quick --seed S --out FOLDER]`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom, seedFrom } from '../src/statistics/maths/random.ts'
import { chartStudy } from './statistics/chart-study.ts'
import { classLevelStudy } from './statistics/class-level-study.ts'
import { runGrid } from './statistics/grid.ts'
import { matrixStudy } from './statistics/matrix-study.ts'
import { performanceStudy } from './statistics/performance-study.ts'
import { severityStudy } from './statistics/severity-study.ts'
import { stabilityStudy } from './statistics/stability-study.ts'
import type { Context, Findings } from './statistics/study.ts'
import { twoClassStudy } from './statistics/two-class-study.ts'
import { verdictStudy } from './statistics/verdict-study.ts'
import { passes, writeReport } from './statistics/write-report.ts'

const studies = [
  severityStudy,
  twoClassStudy,
  matrixStudy,
  classLevelStudy,
  performanceStudy,
  chartStudy,
  verdictStudy,
  stabilityStudy,
]

/** A quick run makes a tenth of the runs, but never fewer than this. */
const fewestRuns = 25

const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(0)} s`

const createContext = (name: string, seed: number, quick: boolean, start: number): Context => ({
  // Each study has its own stream: leaving one out does not move the others.
  random: createRandom(seedFrom('validate', seed, name)),
  quick,
  runs: (full) => (quick ? Math.max(fewestRuns, Math.ceil(full / 10)) : full),
  progress: (done, all) => {
    console.log(`  ${name}: ${done} of ${all} (${seconds(start)})`)
  },
})

const usage = `Usage: npm run validate:statistics [-- OPTIONS]

Runs the Monte-Carlo study of src/statistics (about five minutes on one core) and writes the page
statistics-validation.md with its plots. Exit status 1 where a check fails.

  --seed S      a whole number; the same seed writes the same page (default 2026)
  --quick       a tenth of the runs, with wider limits
  --out FOLDER  where the page goes (default docs/)
  --grid        the grid of windows, cards, shares, clinics and sites instead, the same-people test and the budget; writes
                statistics-grid.md (hours at full size; run it at nice 19)
  --closed N, --bootstrap N, --years N
                repetitions of closed forms (2000) and of bootstraps (400), years of the budget (30)`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '2026' },
    grid: { type: 'boolean', default: false },
    closed: { type: 'string', default: '2000' },
    bootstrap: { type: 'string', default: '400' },
    years: { type: 'string', default: '30' },
    out: { type: 'string', default: resolve(import.meta.dirname, '..', 'docs') },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const seed = Number(values.seed)
if (!Number.isSafeInteger(seed) || seed < 0) {
  console.error(`--seed must be a whole number of zero or more, not ${values.seed}`)
  process.exit(2)
}
const start = performance.now()
if (values.grid) {
  const [closed, bootstrap, years] = [values.closed, values.bootstrap, values.years].map(Number)
  if (![closed, bootstrap, years].every((value) => Number.isSafeInteger(value) && Number(value) > 0)) {
    console.error('--closed, --bootstrap and --years must be whole numbers above zero')
    process.exit(2)
  }
  const written = runGrid({
    seed,
    closed: closed ?? 2000,
    bootstrap: bootstrap ?? 400,
    samePeople: Math.max(400, closed ?? 2000),
    years: years ?? 30,
    progress: (what) => console.log(`${what} (${seconds(start)})`),
  })
  await writeFile(join(values.out, 'statistics-grid.md'), `${written}\n`)
  process.exit(0)
}
const findings: Findings[] = []
for (const study of studies) {
  console.log(`${study.name} …`)
  const from = performance.now()
  findings.push(study.run(createContext(study.name, seed, values.quick, start)))
  console.log(`${study.name}: done in ${seconds(from)}`)
}
const folder = join(values.out, 'statistics-validation')
await mkdir(folder, { recursive: true })
for (const { file, svg } of findings.flatMap(({ plots }) => plots)) await writeFile(join(folder, file), svg)
const page = join(values.out, 'statistics-validation.md')
const facts = {
  seed,
  quick: values.quick,
  node: process.versions.node,
}
await writeFile(page, writeReport(findings, facts))
const failed = findings.flatMap(({ checks }) => checks).filter((check) => !passes(check))
for (const { name, value, low, high } of failed)
  console.log(`FAILS: ${name}: ${value} not in ${low} … ${high}`)
console.log(
  `${failed.length === 0 ? 'everything holds' : `${failed.length} checks fail`}; wrote ${page} (${seconds(start)})`,
)
process.exitCode = failed.length === 0 ? 0 : 1
