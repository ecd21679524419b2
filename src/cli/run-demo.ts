import { readAgreement } from '../analytics/agreement/read-agreement.ts'
import { readReportedPrevalence } from '../analytics/prevalence/join-reports.ts'
import { readCurrentReports } from '../analytics/stores/report-reader.ts'
import type { Ledger } from '../contracts/ledger.ts'
import { reportsTopic } from '../contracts/topics.ts'
import { onnxRuntimeVersion } from '../inference/packages/onnx-version.ts'
import { prevalenceMethod } from '../monitor/make-report.ts'
import type { FilmIntake } from '../producers/receive-film.ts'
import { registerSite, siteOf } from '../producers/register-site.ts'
import { seededSiteKeys } from '../producers/site-keys.ts'
import { awaitSunk, backlogOf, measureOffsets, openLedgerReader } from '../roles/measure-offsets.ts'
import { type Connections, openControlPublisher } from '../roles/open-engine.ts'
import type { Process } from '../roles/open-process.ts'
import { historyUntil, publishHistory } from '../roles/publish-history.ts'
import { linkTo, owner, runDashboard } from '../roles/run-dashboard.ts'
import { startEngine } from '../roles/start-engine.ts'
import { startIntake } from '../roles/start-intake.ts'
import { messageOf } from '../runtime/errors.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import { type ClinicStream, createClinicStream } from '../simulation/clinics/create-clinic-stream.ts'
import { measureWorkLeft } from './measure-work-left.ts'
import { readDemoProgress, writeDemoProgress } from './show/demo-progress.ts'
import { createDemoView, type DemoState, type DemoView } from './show/demo-view.ts'
import { agreementObject } from './show/show-agreement.ts'
import { summaryOf } from './show/show-ledger.ts'
import { writeError, writeLine } from './write-output.ts'

export type DemoOptions = {
  readonly clinics: number
  readonly regions: number
  readonly studies: number
  readonly seed: number
  readonly exit?: boolean
  /** Whether drawn people are published too; where not said, in a demo that goes on. */
  readonly history?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

type StopSignal = { readonly requested: Promise<Error | undefined>; readonly crash: (error: Error) => void }

/** The options as they were given; a demo cannot have more regions than clinics. */
export const demoOptionsOf = (options: DemoOptions): DemoOptions => ({
  ...options,
  regions: Math.min(options.regions, options.clinics),
})

const streamOf = (
  process: Process,
  options: DemoOptions,
  progress: { sent: number; until: string },
): ClinicStream =>
  createClinicStream({
    clinics: options.clinics,
    regions: options.regions,
    studies: options.studies,
    seed: options.seed,
    until: new Date(progress.until),
    skip: Math.min(progress.sent, options.studies),
    logger: process.logger,
  })

const registerClinics = async (
  publisher: Pick<RecordPublisher, 'publish'>,
  stream: ClinicStream,
  seed: number,
): Promise<void> => {
  for (const draft of stream.sites)
    await registerSite(
      { publisher, now: () => new Date() },
      siteOf(draft, seededSiteKeys({ siteId: draft.siteId, seed })),
    )
}

/** Films that are on their way to Kafka at once. */
const sendAtOnce = 4

/** Lets the clinics send until the plan is done or the demo stops. */
const sendAll = async (
  stream: ClinicStream,
  intake: FilmIntake,
  state: DemoState,
  onSent: () => Promise<void>,
): Promise<void> => {
  const sending = new Set<Promise<void>>()
  for await (const delivery of stream) {
    if (state.isStopping) break
    const send = async (): Promise<void> => {
      await intake.submit({ siteId: delivery.siteId, file: delivery.bytes, receivedVia: 'simulation' })
      state.sent += 1
      await onSent()
    }
    const sent = send().finally(() => sending.delete(sent))
    sending.add(sent)
    if (sending.size >= sendAtOnce) await Promise.race(sending)
  }
  await Promise.all(sending)
}

/** What the demo shows of the monitor: everybody, month by month. */
const everybody = {
  scope: { kind: 'all' },
  window: { kind: 'month' },
  method: prevalenceMethod.method,
} as const

/** Lets the monitor report what has been read by now, and the sink store it. */
const reportNow = async ({ admin, monitor }: Awaited<ReturnType<typeof startEngine>>): Promise<void> => {
  await monitor.passNow(monitorPatienceMs)
  await awaitSunk(admin, reportsTopic.name, monitorPatienceMs)
}
const monitorPatienceMs = 15_000

/** Half a year of drawn people beside the films, which come first: without it the dashboard has one day to show. */
const publishDrawnPeople = async (
  process: Process,
  connections: Connections,
  { seed, exit = false, history = !exit }: DemoOptions,
  state: DemoState,
): Promise<void> => {
  if (!history) return
  const today = new Date().toISOString().slice(0, 10)
  await publishHistory(process, connections, {
    seed,
    until: await historyUntil(process.settings.dataDir, seed, today),
    keysOf: async (siteId) => seededSiteKeys({ siteId, seed }),
    isWanted: () => !state.isStopping,
    isPatient: true,
  }).catch((error: unknown) => {
    state.failure = error instanceof Error ? error : new Error(messageOf(error))
  })
}

/** Reads how the demo stands; answers whether every film had been sent and all of it was done. */
const refresh = async (connections: Connections, state: DemoState): Promise<boolean> => {
  const { backlog, isDone } = await measureWorkLeft(
    () => state.isSent,
    async () => backlogOf(await measureOffsets(connections.admin)),
  )
  state.backlog = backlog
  state.ledger = await openLedgerReader(connections).read()
  state.prevalence = await readReportedPrevalence(connections.clickhouse)
  state.reports = await readCurrentReports(connections.clickhouse, everybody)
  state.agreement = await readAgreement(connections.clickhouse)
  return isDone
}

/** Looks every second, shows it, and ends when everything is accounted for (with --exit) or a stop is asked for. */
const watch = async (
  connections: Connections,
  state: DemoState,
  { view, exit }: { readonly view: DemoView; readonly exit: boolean },
  signal: StopSignal,
): Promise<void> => {
  let stopped = false
  void signal.requested.then((crash) => {
    stopped = true
    state.isStopping = true
    state.failure ??= crash
  })
  while (!stopped) {
    const isDone = await refresh(connections, state)
    view.show(state)
    if (state.failure !== undefined) throw state.failure
    if (exit && isDone) break
    await Promise.race([signal.requested, new Promise((resolve) => setTimeout(resolve, 1000))])
  }
  if (state.failure !== undefined) throw state.failure
}

const throughputOf = (state: DemoState) => {
  const seconds = (performance.now() - state.startedAt) / 1000
  return {
    films: state.sent,
    seconds: Number(seconds.toFixed(1)),
    filmsPerSecond: Number((state.sent / seconds).toFixed(2)),
  }
}

const report = ({ services }: Connections, state: DemoState, ledger: Ledger): string =>
  JSON.stringify({
    ledger: summaryOf(ledger),
    prevalence: state.prevalence,
    reports: state.reports,
    agreement: state.agreement === undefined ? null : agreementObject(state.agreement),
    throughput: throughputOf(state),
    services: {
      kafka: { version: services.kafka.version, mode: services.kafka.mode },
      clickhouse: { version: services.clickhouse.version, mode: services.clickhouse.mode },
      inference: { version: onnxRuntimeVersion, provider: state.provider },
    },
  })

/** Runs the demo; answers whether the ledger balances. A second start goes on where the first one stopped. */
export const runDemo = async (
  process: Process,
  options: DemoOptions,
  signal: StopSignal,
): Promise<boolean> => {
  const state: DemoState = {
    startedAt: performance.now(),
    sent: 0,
    planned: options.studies,
    isSent: false,
    isStopping: false,
    backlog: { unscreened: 0, unsunk: 0 },
    ledger: undefined,
    prevalence: [],
    reports: [],
    agreement: undefined,
    services: undefined,
    provider: process.settings.executionProvider,
    failure: undefined,
    signIn: undefined,
  }
  const onProgress = (message: string): void => writeError(message)
  const connections = await startEngine(process, { onProgress, onCrash: signal.crash })
  state.services = connections.services
  if (options.exit !== true && process.settings.dashboard) {
    const dashboard = await runDashboard(process, connections, signal.crash)
    state.signIn = await linkTo(dashboard, owner)
    writeError(`dashboard: ${state.signIn}`)
  }
  const progress = await readDemoProgress(process.settings.dataDir, options)
  const stream = streamOf(process, options, progress)
  const keysOf = async (siteId: string) => seededSiteKeys({ siteId, seed: options.seed })
  const { intake } = await startIntake(process, connections, keysOf)
  await registerClinics(await openControlPublisher(process, connections), stream, options.seed)
  await intake.resume()
  state.planned = stream.expected.arrivals
  state.startedAt = performance.now()
  const sending = sendAll(stream, intake, state, () =>
    writeDemoProgress(process.settings.dataDir, { ...progress, sent: progress.sent + state.sent }),
  )
    .then(() => {
      state.isSent = !state.isStopping
    })
    .catch((error: unknown) => {
      state.failure = error instanceof Error ? error : new Error(messageOf(error))
    })
  const history = publishDrawnPeople(process, connections, options, state)
  const view = createDemoView(options.json === true)
  await watch(connections, state, { view, exit: options.exit === true }, signal)
  await Promise.all([sending, history])
  if (!state.isStopping) await reportNow(connections)
  await refresh(connections, state)
  view.end(state)
  const ledger = state.ledger
  if (ledger === undefined) return false
  if (options.json === true) writeLine(report(connections, state, ledger))
  return ledger.balanced
}
