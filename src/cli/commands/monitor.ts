import { Command, InvalidArgumentError } from 'commander'
import { readCurrentReports, readRevisions } from '../../analytics/stores/report-reader.ts'
import { changeMethod } from '../../contracts/change-report.ts'
import { prevalenceBodySchema } from '../../contracts/prevalence-figures.ts'
import { type ReportScope, type ReportWindow, scopeKinds } from '../../contracts/report.ts'
import { prevalenceMethod } from '../../monitor/make-report.ts'
import { windowNamed } from '../../monitor/windows.ts'
import { keepLedgerWatched } from '../../roles/keep-ledger-watched.ts'
import { awaitRunning, connectToRunning, roleDepsOf } from '../../roles/open-engine.ts'
import { readCards } from '../../roles/read-cards.ts'
import { startMonitor } from '../../roles/start-monitor.ts'
import { SetupError } from '../../runtime/errors.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { type DataDir, dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce, runRole } from '../run-role.ts'
import { explainLines, reportLines, restatementLines } from '../show/show-reports.ts'
import { verdictLines } from '../show/show-verdicts.ts'
import { writeLine } from '../write-output.ts'

const scope = (text: string): ReportScope => {
  const [kind = '', ...rest] = text.split(':')
  const found = scopeKinds.find((known) => known === kind)
  const id = rest.join(':')
  if (found !== undefined && (found === 'all') === (text === 'all')) return { kind: found, id }
  throw new InvalidArgumentError('must be all, region:NAME, site:ID or maker:NAME')
}

const window = (text: string): ReportWindow => {
  const found = windowNamed(text)
  if (found !== undefined) return found
  throw new InvalidArgumentError('must be a month like 2026-10 or an ISO week like 2026-W41')
}

type Asked = Json & { readonly scope?: ReportScope; readonly window?: ReportWindow; readonly weeks?: boolean }

/** Months where nobody asks for weeks or for a window. */
const queryOf = ({ scope: of, window: at, weeks }: Asked) => ({
  ...(of === undefined ? {} : { scope: of }),
  window: at ?? ({ kind: weeks === true ? 'week' : 'month' } as const),
  method: prevalenceMethod.method,
})

const withQuery = (command: Command): Command =>
  command
    .option('--scope <scope>', 'all, region:NAME, site:ID or maker:NAME; every scope where not said', scope)
    .option('--window <window>', 'a month (2026-10) or an ISO week (2026-W41)', window)
    .option('--weeks', 'weeks instead of months')
    .addOption(dataDirOption())
    .addOption(jsonOption())

const show = withQuery(
  new Command('show').description(
    'current figures: raw and corrected, with intervals and both numbers of people',
  ),
).action((asked: Asked) =>
  runOnce('monitor', asked, async (process) => {
    const { clickhouse } = await connectToRunning(process)
    const reports = await readCurrentReports(clickhouse, queryOf(asked))
    if (asked.json === true) writeLine(JSON.stringify({ reports }))
    else for (const line of reportLines(reports)) writeLine(line)
  }),
)

const restatements = withQuery(
  new Command('restatements').description('figures that were said again otherwise, revision by revision'),
).action((asked: Asked) =>
  runOnce('monitor', asked, async (process) => {
    const { clickhouse } = await connectToRunning(process)
    const revisions = await readRevisions(clickhouse, queryOf(asked))
    if (asked.json === true) writeLine(JSON.stringify({ revisions }))
    else for (const line of restatementLines(revisions)) writeLine(line)
  }),
)

const verdicts = new Command('verdicts')
  .description('each complete month against the one before: is it the people, the imaging, the pipeline?')
  .option('--scope <scope>', 'all, region:NAME, site:ID or maker:NAME; every scope where not said', scope)
  .option('--window <window>', 'a month (2026-10)', window)
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((asked: Asked) =>
    runOnce('monitor', asked, async (process) => {
      const { clickhouse } = await connectToRunning(process)
      const { method } = changeMethod
      const reports = await readCurrentReports(clickhouse, { ...queryOf(asked), method })
      if (asked.json === true) writeLine(JSON.stringify({ reports }))
      else for (const line of verdictLines(reports)) writeLine(line)
    }),
  )

const explain = new Command('explain')
  .description('how a figure came about: counts, card, method, data cut, seed, and the terms of the formula')
  .argument('<scope>', 'all, region:NAME, site:ID or maker:NAME', scope)
  .argument('<window>', 'a month (2026-10) or an ISO week (2026-W41)', window)
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((of: ReportScope, at: ReportWindow, options: Json) =>
    runOnce('monitor', options, async (process) => {
      const { clickhouse } = await connectToRunning(process)
      const { method } = prevalenceMethod
      const [report] = await readCurrentReports(clickhouse, { scope: of, window: at, method })
      if (report === undefined)
        throw new SetupError(
          'NOT_FOUND',
          'the monitor has reported nothing of this scope and window',
          'see what there is with `npm start -- monitor show`',
        )
      if (options.json === true) return writeLine(JSON.stringify({ report }))
      const { cards: digests } = prevalenceBodySchema.parse(report.body)
      const cards = (await readCards(process.settings, process.logger)).filter(({ card }) =>
        digests.includes(sha256Of(JSON.stringify(card))),
      )
      for (const line of explainLines(
        report,
        cards.map(({ card }) => card),
      ))
        writeLine(line)
    }),
  )

/** `monitor`: a process that makes the figures; its commands show them. */
export const monitor = (): Command =>
  new Command('monitor')
    .description(
      'run a monitor process (a part of up and demo already): figures, and the watch over the ledger; or show what it has reported',
    )
    .addOption(dataDirOption())
    .action((options: DataDir) =>
      runRole('monitor', options, async (process, onCrash) => {
        const connections = await awaitRunning(process)
        const running = await startMonitor(await roleDepsOf(process, connections.kafka, onCrash), connections)
        process.lifecycle.add('monitor', running.stop)
        await keepLedgerWatched(process, connections)
        process.logger.info('monitoring')
      }),
    )
    .addCommand(show)
    .addCommand(restatements)
    .addCommand(verdicts)
    .addCommand(explain)
