import { setTimeout as delay } from 'node:timers/promises'
import { Command } from 'commander'
import { type BookedArrival, readBookings } from '../../analytics/stores/booking-reader.ts'
import { type FileReport, ingestPath } from '../../producers/ingest-path.ts'
import type { FilmIntake } from '../../producers/receive-film.ts'
import { watchFolder } from '../../producers/watch-folder.ts'
import { connectToRunning } from '../../roles/open-engine.ts'
import type { Process } from '../../roles/open-process.ts'
import { createStopSignal } from '../../roles/run-until-signal.ts'
import { startIntake } from '../../roles/start-intake.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { messageOf } from '../../runtime/errors.ts'
import { createVerdictQueue, type VerdictQueue } from '../await-verdicts.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { describeReport } from '../show/show-booking.ts'
import { writeError, writeLine, writeProgress } from '../write-output.ts'

type Options = Json & {
  readonly clinic: string
  readonly watch?: boolean
  readonly backfill?: boolean
  readonly waitS: string
}

const laneOf = ({ backfill }: Options) => (backfill === true ? ({ lane: 'backfill' } as const) : {})

/** How often the tables are asked for verdicts, all films together. */
const pollMs = 250
const watchPollMs = 1000

type Tell = (report: FileReport, booked: BookedArrival | undefined) => void

const queueOf = (clickhouse: ClickHouse, options: Options, tell: Tell): VerdictQueue =>
  createVerdictQueue({
    read: (ids) => readBookings(clickhouse, ids),
    tell,
    limitMs: Number(options.waitS) * 1000,
    nowMs: () => performance.now(),
  })

const tellAll = (
  reports: readonly FileReport[],
  booked: ReadonlyMap<FileReport, BookedArrival | undefined>,
  json: boolean,
): void => {
  if (json) {
    const files = reports.map((report) => ({ ...report, verdict: booked.get(report) ?? null }))
    writeLine(JSON.stringify({ files }))
    return
  }
  for (const report of reports) writeLine(describeReport(report, booked.get(report)))
}

/** Sends what is there, waits for the verdicts, and tells them in the order of the paths. */
const sendOnce = async (
  intake: FilmIntake,
  clickhouse: ClickHouse,
  path: string,
  options: Options,
): Promise<void> => {
  const reports: FileReport[] = []
  await ingestPath({
    path,
    siteId: options.clinic,
    intake,
    ...laneOf(options),
    onFile: (report, done, total) => {
      reports.push(report)
      writeProgress(`${done} of ${total} files sent`)
    },
  })
  writeError('')
  const booked = new Map<FileReport, BookedArrival | undefined>()
  const queue = queueOf(clickhouse, options, (report, verdict) => void booked.set(report, verdict))
  for (const report of reports) if (report.kind === 'sent') queue.add(report)
  const total = queue.waiting()
  let told: number | undefined
  while (queue.waiting() > 0) {
    await queue.poll()
    const done = total - queue.waiting()
    if (done !== told) writeProgress(`${done} of ${total} verdicts`)
    told = done
    if (queue.waiting() > 0) await delay(pollMs)
  }
  writeError('')
  const inOrder = reports.toSorted((one, other) => (one.path < other.path ? -1 : 1))
  tellAll(inOrder, booked, options.json === true)
}

const run = async (opened: Process, path: string, options: Options): Promise<void> => {
  const connections = await connectToRunning(opened)
  const { intake } = await startIntake(opened, connections)
  await intake.resume()
  const { clickhouse } = connections
  if (options.watch === true) await watchPath(opened, { intake, clickhouse }, path, options)
  else await sendOnce(intake, clickhouse, path, options)
}

/** Tells verdicts as they come, asking for all films together, until the signal aborts and none waits. */
const tellVerdicts = async (opened: Process, queue: VerdictQueue, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await delay(watchPollMs, undefined, { signal }).catch(() => {})
    try {
      await queue.poll()
    } catch (error) {
      opened.logger.error({ error: messageOf(error) }, 'verdict not read')
    }
  }
}

/** Sends what is in the folder and whatever comes, until a signal. */
const watchPath = async (
  opened: Process,
  { intake, clickhouse }: { intake: FilmIntake; clickhouse: ClickHouse },
  path: string,
  options: Options,
): Promise<void> => {
  const signal = createStopSignal(opened.logger)
  const ending = new AbortController()
  void signal.requested.then(() => ending.abort())
  writeError(`watching ${path}; Ctrl-C stops`)
  const tell: Tell = (report, booked) => tellAll([report], new Map([[report, booked]]), options.json === true)
  const queue = queueOf(clickhouse, options, tell)
  const telling = tellVerdicts(opened, queue, ending.signal)
  try {
    await watchFolder({
      path,
      siteId: options.clinic,
      intake,
      ...laneOf(options),
      onFile: (report) => (report.kind === 'sent' ? queue.add(report) : tell(report, undefined)),
      signal: ending.signal,
      logger: opened.logger,
    })
  } finally {
    // A watcher that fails must not leave a process behind that looks alive.
    ending.abort()
    await telling
  }
}

/** `ingest`: sends films of a clinic and tells what became of each. */
export const ingest = (): Command =>
  new Command('ingest')
    .description('send films (DICOM, PNG, JPEG) as a clinic, and print what became of each; safe to repeat')
    .argument('<path>', 'a file, or a folder with all below it')
    .requiredOption('--clinic <id>', 'the clinic that sends; `demo` is there from the first start')
    .option('--watch', 'go on with files that appear in the folder')
    .option('--backfill', 'films of an archive: screened with what live films leave')
    .option('--wait-s <seconds>', 'longest wait for verdicts', '120')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((path: string, options: Options) =>
      runOnce('ingest', options, (opened) => run(opened, path, options)),
    )
