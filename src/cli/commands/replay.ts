import { Command } from 'commander'
import type { RowDifference } from '../../analytics/replay/compare-tables.ts'
import type { ReplayProgress } from '../../operations/replay.ts'
import { connectToRunning } from '../../roles/open-engine.ts'
import { type ReplayReport, runReplay } from '../../roles/operators/run-replay.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { tableOf, writeError, writeLine, writeProgress } from '../write-output.ts'

type Options = Json & { readonly into?: string; readonly mend?: boolean }

const steps: Readonly<Record<ReplayProgress['step'], string>> = {
  rebuild: 'records replayed',
  sink: 'records stored by the sink',
  compare: 'comparing, round',
  swap: 'swapping, records replayed',
  follow: 'swapped, records replayed',
}

/** Tells of each step as it goes; outside a terminal every ten seconds and at each new step. */
const createTeller = () => {
  let lastStep: string | undefined
  let lastAt = Number.NEGATIVE_INFINITY
  return ({ step, done, total }: ReplayProgress): void => {
    const isNews = step !== lastStep || performance.now() - lastAt > 10_000
    if (!process.stderr.isTTY && !isNews) return
    lastStep = step
    lastAt = performance.now()
    writeProgress(`${steps[step]} ${done} of ${total}`)
  }
}

/** Differences that a person gets to read; `--json` lists more. */
const shownDifferences = 20

const lineOf = ({ table, kind, key, columns }: RowDifference): string => {
  const name = Object.entries(key).map(([column, value]) => `${column}=${value}`)
  return `${table} ${kind}: ${name.join(' ')}${columns.length === 0 ? '' : ` (${columns.join(', ')})`}`
}

const show = (report: ReplayReport): void => {
  const { rows, differing, differences } = report
  const lines = Object.entries(rows).map(([table, count]) => [
    table,
    String(count),
    differing[table] === undefined ? 'equal' : `${differing[table]} differ`,
  ])
  writeLine(tableOf([['table', 'rows', ''], ...lines]))
  for (const difference of differences.slice(0, shownDifferences)) writeLine(lineOf(difference))
  if (differences.length > shownDifferences)
    writeLine(`and ${differences.length - shownDifferences} more: see --json`)
  if (report.equal) writeLine(`equal: the rebuilt tables are live now (${report.seconds} s)`)
  else if (report.swapped)
    writeLine(`mended: the rebuilt tables are live now, the old ones are in ${report.kept}`)
  else writeLine(`NOT EQUAL: nothing was swapped, the rebuilt tables are in ${report.kept}`)
}

/** `replay`: exit status 1 where the tables differ and were not mended. */
export const replayCommand = (): Command =>
  new Command('replay')
    .description(
      'rebuild ClickHouse from the topics while the engine runs, compare with the live tables, swap',
    )
    .option('--into <database>', 'where to rebuild (default: the live database with _replay)')
    .option('--mend', 'swap also where tables differ: what the topics say holds')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Options) =>
      runOnce('replay', options, async (opened) => {
        const connections = await connectToRunning(opened)
        const { into, mend = false } = options
        const report = await runReplay(opened, connections, { into, mend, onProgress: createTeller() })
        const counter = opened.telemetry.meter.createCounter('analytics_replay_differences_total')
        for (const [table, count] of Object.entries(report.differing)) counter.add(count, { table })
        writeError('')
        if (options.json === true) writeLine(JSON.stringify({ replay: report }))
        else show(report)
        if (!report.equal && !report.swapped) process.exitCode = 1
      }),
    )
