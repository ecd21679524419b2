/** `npm run chaos`: the real engine, its processes and services killed, frozen and cut off while films stream. */
import { parseArgs } from 'node:util'
import { differencesOf, type TableDifference } from './business-rows.ts'
import { faultKinds, planFaults } from './faults.ts'
import { type Inflicted, inflictFaults, wholeLimitMs } from './inflict-faults.ts'
import { reportLines } from './report-lines.ts'
import { type EngineRun, runEngine } from './run-engine.ts'

export type ChaosOptions = {
  readonly studies: number
  readonly kills: number
  readonly seed: number
  readonly filmSize: number
  readonly freezeMs: number
  readonly sessionTimeoutMs: number
  readonly onProgress: (message: string) => void
}

/** What a chaos run found. */
export type ChaosReport = {
  /** Promises on results that were not kept. */
  readonly broken: readonly string[]
  /** Promises on times that were not kept: on a machine that is busy otherwise they say little. */
  readonly late: readonly string[]
  readonly films: number
  readonly faults: readonly {
    readonly kind: string
    readonly times: number
    readonly recoveryMs: { readonly median: number; readonly worst: number } | undefined
  }[]
  readonly filmsPerS: {
    readonly undisturbed: number
    readonly disturbed: number
    /** The clinics spread their films over the faults: more than this did not come. */
    readonly offered: number
    /** Disturbed to undisturbed. */
    readonly ratio: number
  }
  readonly seconds: { readonly undisturbed: number; readonly disturbed: number }
  readonly longestOwnerlessMs: EngineRun['longestOwnerlessMs']
  readonly ledger: Omit<EngineRun['ledger'], 'byClinicHour'>
  readonly differences: readonly TableDifference[]
  readonly badEnds: EngineRun['badEnds']
}

const settleMs = 180_000
const recoveryLimitMs = 180_000
/** Recovery and rest that go with a fault, and how much of a freeze, on average over the kinds. */
const betweenMs = 6000
const freezeShare = 0.37

const byKind = (inflicted: readonly Inflicted[]): ChaosReport['faults'] =>
  faultKinds.flatMap((kind) => {
    const own = inflicted.filter((fault) => fault.kind === kind)
    const times = own.flatMap(({ recoveryMs }) => recoveryMs ?? []).toSorted((a, b) => a - b)
    const [median, worst] = [times[Math.floor((times.length - 1) / 2)], times.at(-1)]
    const recoveryMs = median === undefined || worst === undefined ? undefined : { median, worst }
    return own.length === 0 ? [] : [{ kind, times: own.length, recoveryMs }]
  })

const hoursOf = ({ ledger }: EngineRun): string => JSON.stringify(ledger.byClinicHour)

const brokenPromises = (
  options: ChaosOptions,
  calm: EngineRun,
  run: EngineRun,
  inflicted: readonly Inflicted[],
  differences: readonly TableDifference[],
): string[] => {
  const { ledger } = run
  const unended = inflicted.filter(({ recoveryMs }) => recoveryMs === undefined)
  return [
    calm.ledger.balanced ? '' : 'the undisturbed run does not balance',
    run.films === options.studies ? '' : `${run.films} films were acknowledged instead of ${options.studies}`,
    ledger.received === options.studies ? '' : `the ledger has ${ledger.received} films`,
    ledger.balanced ? '' : 'the ledger does not balance',
    hoursOf(run) === hoursOf(calm) ? '' : 'the ledgers of the two runs differ in a clinic and hour',
    ...differences.map(({ table }) => `${table} differs from the undisturbed run`),
    ...run.badEnds.map(({ name, how, code }) => `${name} ended ${how} with ${code}`),
    run.isWhole ? '' : 'a process takes no part in its group any more',
    ...unended.map(({ kind }) => `not overcome: ${kind}`),
  ].filter((promise) => promise !== '')
}

const latePromises = (
  { sessionTimeoutMs }: ChaosOptions,
  { longestOwnerlessMs }: EngineRun,
  inflicted: readonly Inflicted[],
): string[] => [
  ...Object.entries(longestOwnerlessMs)
    .filter(([, ms]) => ms > sessionTimeoutMs + 1000)
    .map(([role, ms]) => `a partition of ${role} had no owner for ${Math.round(ms)} ms`),
  ...inflicted.flatMap(({ metWhole }, index) =>
    metWhole ? [] : [`a process took no part in its group ${wholeLimitMs} ms after fault ${index}`],
  ),
]

const rate = ({ films, seconds }: EngineRun): number => Number((films / seconds).toFixed(1))

const ratesOf = (calm: EngineRun, run: EngineRun, offered: number): ChaosReport['filmsPerS'] => ({
  undisturbed: rate(calm),
  disturbed: rate(run),
  offered: Number(offered.toFixed(1)),
  ratio: Number((run.films / run.seconds / (calm.films / calm.seconds)).toFixed(2)),
})

/** Runs the engine twice over the same films, once undisturbed and once under faults, and compares. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport> => {
  const { onProgress } = options
  const common = { ...options, settleMs }
  onProgress('undisturbed run')
  const calm = await runEngine({ ...common, disturbedForMs: 0 })
  onProgress(`undisturbed: ${rate(calm)} films/s; now with ${options.kills} faults`)
  let inflicted: readonly Inflicted[] = []
  const disturbedForMs = options.kills * (freezeShare * options.freezeMs + betweenMs)
  const run = await runEngine({ ...common, disturbedForMs }, async (arena) => {
    inflicted = await inflictFaults(planFaults(options.kills, options.seed), arena, {
      freezeMs: options.freezeMs,
      recoveryLimitMs,
      onProgress,
    })
  })
  const differences = differencesOf(run.rows, calm.rows)
  const { byClinicHour: _hours, ...ledger } = run.ledger
  return {
    broken: brokenPromises(options, calm, run, inflicted, differences),
    late: latePromises(options, run, inflicted),
    films: run.films,
    faults: byKind(inflicted),
    filmsPerS: ratesOf(calm, run, (1000 * options.studies) / disturbedForMs),
    seconds: { undisturbed: Math.round(calm.seconds), disturbed: Math.round(run.seconds) },
    longestOwnerlessMs: run.longestOwnerlessMs,
    ledger,
    differences,
    badEnds: run.badEnds,
  }
}

const usage = `Usage: npm run chaos -- [OPTIONS]

Streams simulated films through the real engine (Kafka, ClickHouse, two screening processes, two sinks), twice: once
undisturbed, and once while processes and services are killed (-9), frozen and thawed, added and removed, cut off,
and ClickHouse is slow, read-only and full. Exit status 1 where a promise was broken.

  --studies N            films that the clinics send (default 300)
  --kills K              faults (default 12)
  --seed S               of films and faults (default 1)
  --freeze-seconds F     how long a lasting fault lasts (default 30)
  --session-seconds T    session time-out of the consumers, 6 or more (default 15)
  --film-size P          longer edge of a film in pixels (default 320)
  --json                 the report as one JSON object on the last line`

const wholeNumber = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  console.error(`--${name} must be a whole number of ${least} or more, not ${text}`)
  process.exit(2)
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      studies: { type: 'string', default: '300' },
      kills: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
      'freeze-seconds': { type: 'string', default: '30' },
      'session-seconds': { type: 'string', default: '15' },
      'film-size': { type: 'string', default: '320' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const began = performance.now()
  const report = await runChaos({
    studies: wholeNumber('studies', values.studies, 1),
    kills: wholeNumber('kills', values.kills, 0),
    seed: wholeNumber('seed', values.seed, 0),
    filmSize: wholeNumber('film-size', values['film-size'], 128),
    freezeMs: wholeNumber('freeze-seconds', values['freeze-seconds'], 1) * 1000,
    sessionTimeoutMs: wholeNumber('session-seconds', values['session-seconds'], 6) * 1000,
    onProgress: (message) =>
      console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${message}`),
  })
  for (const line of reportLines(report)) console.log(line)
  if (values.json) console.log(JSON.stringify(report))
  process.exitCode = report.broken.length + report.late.length === 0 ? 0 : 1
}

if (import.meta.main) await main()
