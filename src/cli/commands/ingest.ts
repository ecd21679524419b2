import { setTimeout as delay } from 'node:timers/promises'
import { Command } from 'commander'
import { type BookedArrival, readBookings } from '../../analytics/stores/booking-reader.ts'
import { deadLetterCodeSchema, rejectionReasonSchema } from '../../contracts/reasons.ts'
import { refusalText } from '../../contracts/refusal-texts.ts'
import { type FileReport, ingestPath } from '../../producers/ingest-path.ts'
import type { FilmIntake } from '../../producers/receive-film.ts'
import { watchFolder } from '../../producers/watch-folder.ts'
import { connectToRunning } from '../../roles/open-engine.ts'
import type { Process } from '../../roles/open-process.ts'
import { createStopSignal } from '../../roles/run-until-signal.ts'
import { startIntake } from '../../roles/start-intake.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { messageOf } from '../../runtime/errors.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeError, writeLine, writeProgress } from '../write-output.ts'

type Options = Json & {
  readonly clinic: string
  readonly watch?: boolean
  readonly backfill?: boolean
  readonly waitS: string
}

type SentReport = Extract<FileReport, { kind: 'sent' }>

const laneOf = ({ backfill }: Options) => (backfill === true ? ({ lane: 'backfill' } as const) : {})

const isSent = (report: FileReport): report is SentReport => report.kind === 'sent'

/** A refusal as a person is told it: its name, the text, and what exactly is wrong where the gate has seen it. */
const tellRefusal = (booked: BookedArrival, detail: string | undefined): string => {
  const name = booked.kind === 'rejected' ? booked.reason : booked.code
  const known = rejectionReasonSchema.or(deadLetterCodeSchema).safeParse(name)
  const text = known.success ? `: ${refusalText(known.data)}` : ''
  const what = booked.kind === 'rejected' ? 'rejected' : 'dead letter'
  return `${what} ${name}${text}${detail === undefined ? '' : ` (${detail})`}`
}

const describe = (booked: BookedArrival | undefined, detail: string | undefined): string => {
  if (booked === undefined) return 'sent; no verdict yet'
  if (booked.kind === 'erased') return 'erased: the person opted out, or the delivery was retracted'
  const what = booked.kind === 'finding' ? `finding: ${booked.hips.join(', ')}` : tellRefusal(booked, detail)
  return booked.booking === 'duplicate' || booked.booking === 'conflict'
    ? `${booked.booking} (${what})`
    : what
}

/** Waits until every film has its verdict in the tables, or for as long as it may. */
const awaitBookings = async (clickhouse: ClickHouse, arrivalIds: readonly string[], limitMs: number) => {
  const until = performance.now() + limitMs
  let told: number | undefined
  for (;;) {
    const booked = await readBookings(clickhouse, arrivalIds)
    if (booked.length !== told) writeProgress(`${booked.length} of ${arrivalIds.length} verdicts`)
    told = booked.length
    if (booked.length >= arrivalIds.length || performance.now() > until) {
      writeError('')
      return booked
    }
    await delay(250)
  }
}

const tell = (reports: readonly FileReport[], booked: readonly BookedArrival[], json: boolean): void => {
  const byId = new Map(booked.map((entry) => [entry.arrivalId, entry]))
  const of = (report: FileReport) => (isSent(report) ? byId.get(report.answer.arrivalId) : undefined)
  if (json) {
    writeLine(
      JSON.stringify({ files: reports.map((report) => ({ ...report, verdict: of(report) ?? null })) }),
    )
    return
  }
  for (const report of reports) {
    if (isSent(report)) writeLine(`${report.path}: ${describe(of(report), report.answer.refusalDetail)}`)
    else
      writeLine(
        `${report.path}: ${report.kind === 'skipped' ? 'skipped, no film' : `cannot be read: ${report.detail}`}`,
      )
  }
}

const run = async (opened: Process, path: string, options: Options): Promise<void> => {
  const connections = await connectToRunning(opened)
  const { intake } = await startIntake(opened, connections)
  await intake.resume()
  const tellOf = async (reports: readonly FileReport[]): Promise<void> => {
    const ids = reports.filter(isSent).map((report) => report.answer.arrivalId)
    const booked = await awaitBookings(connections.clickhouse, ids, Number(options.waitS) * 1000)
    tell(reports, booked, options.json === true)
  }
  if (options.watch === true) {
    await watchPath(opened, intake, path, options, tellOf)
    return
  }
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
  await tellOf(reports)
}

/** Sends what is in the folder and whatever comes, until a signal. */
const watchPath = async (
  opened: Process,
  intake: FilmIntake,
  path: string,
  options: Options,
  tellOf: (reports: readonly FileReport[]) => Promise<void>,
): Promise<void> => {
  const signal = createStopSignal(opened.logger)
  const ending = new AbortController()
  void signal.requested.then(() => ending.abort())
  writeError(`watching ${path}; Ctrl-C stops`)
  await watchFolder({
    path,
    siteId: options.clinic,
    intake,
    ...laneOf(options),
    onFile: (report) =>
      void tellOf([report]).catch((error: unknown) =>
        opened.logger.error({ error: messageOf(error) }, 'verdict not read'),
      ),
    signal: ending.signal,
    logger: opened.logger,
  })
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
