import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readLedger } from '../../src/analytics/ledger/read-ledger.ts'
import { createDatabase, migrate } from '../../src/analytics/schema/migrate.ts'
import type { Ledger } from '../../src/contracts/ledger.ts'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { registerSite, siteOf } from '../../src/producers/register-site.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import { createEngineKey } from '../../src/roles/engine-key.ts'
import { backlogOf, measureLaneEnds, measureOffsets } from '../../src/roles/measure-offsets.ts'
import { roleDepsOf } from '../../src/roles/open-engine.ts'
import { openProcess, type Process } from '../../src/roles/open-process.ts'
import { prepareTopics } from '../../src/roles/prepare-engine.ts'
import { startIntake } from '../../src/roles/start-intake.ts'
import { openClickHouse } from '../../src/runtime/clickhouse.ts'
import { longestSpoolDays } from '../../src/runtime/config.ts'
import { createKafkaClient } from '../../src/runtime/kafka/kafka-client.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { vouchingPublisher } from '../../src/runtime/vouched-record.ts'
import { createClinicStream } from '../../src/simulation/clinics/create-clinic-stream.ts'
import { createFakeClock, noFakeClock } from '../support/fake-clock.ts'
import { type BusinessRows, readBusinessRows } from './business-rows.ts'
import { type ClickHouseProxy, startClickHouseProxy } from './clickhouse-proxy.ts'
import {
  type BadEnd,
  createEngineProcesses,
  type EngineProcesses,
  type RoleName,
} from './engine-processes.ts'
import { followLogs, groupOf } from './follow-logs.ts'
import { openGroups } from './groups.ts'
import { type KafkaProxy, startKafkaProxy } from './kafka-proxy.ts'
import { createOwnership, type Ownership } from './ownership.ts'
import { streamFilms } from './stream-films.ts'
import { writeTinyModels } from './tiny-models.ts'
import { untilWhole } from './until-whole.ts'

export type EngineRunOptions = {
  readonly studies: number
  readonly seed: number
  readonly filmSize: number
  readonly sessionTimeoutMs: number
  /** How long the disturber is likely to work: the clinics spread their films over it. */
  readonly disturbedForMs: number
  /** Longest time for the last film to be accounted for once all faults are over. */
  readonly settleMs: number
  readonly onProgress: (message: string) => void
}

/** How far the engine has come; undefined while Kafka does not answer. */
export type Position = Awaited<ReturnType<typeof measureOffsets>> | undefined

/** What a disturber of the run can see and do. */
export type Arena = {
  readonly processes: EngineProcesses
  readonly proxy: ClickHouseProxy
  readonly kafkaProxy: KafkaProxy
  readonly kafkaPid: () => number
  readonly clickhousePid: () => number
  /** Lets ClickHouse live behind a closed port. */
  readonly closeClickHouse: () => Promise<void>
  /** Sets the clock of all processes of the engine so many seconds beside the true one, where that can be done here. */
  readonly setClock: (seconds: number) => Promise<void>
  readonly ownership: Readonly<Record<RoleName, Ownership>>
  readonly position: () => Promise<Position>
  /** Lets this share of all films be sent, as time goes on: so every fault meets films of its own. */
  readonly release: (share: number) => void
  /** Whether both groups have settled with all the processes that are wanted. */
  readonly isWhole: () => Promise<boolean>
}

export type EngineRun = {
  readonly ledger: Ledger
  readonly rows: BusinessRows
  readonly badEnds: readonly BadEnd[]
  /** Whether every process took part in its group in the end. */
  readonly isWhole: boolean
  readonly longestOwnerlessMs: Readonly<Record<RoleName, number>>
  readonly seconds: number
  readonly films: number
}

/** The same instants in every run, so that months and hours compare. */
const until = new Date('2026-06-30T00:00:00.000Z')
const database = 'osteostream'
const answerLimitMs = 5000
const progressMs = 10_000
const roles = ['screen', 'sink'] as const

/**
 * Runs a whole engine on services of its own: two screening processes and two sinks as processes of their own, behind
 * proxies in front of Kafka and ClickHouse, with simulated clinics that send the studies; `disturb` runs beside it.
 * Ends when every film is accounted for, or `settleMs` later.
 */
export const runEngine = async (
  options: EngineRunOptions,
  disturb: (arena: Arena) => Promise<void> = async () => {},
): Promise<EngineRun> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'osteostream-chaos-'))
  const opened = openProcess('chaos', { dataDir, quiet: true })
  const own = { ...opened, settings: { ...opened.settings, modelsDir: await writeTinyModels(dataDir) } }
  const { lifecycle } = own
  lifecycle.add('data folder', () => rm(dataDir, { recursive: true, force: true }))
  try {
    return await runIn({ dataDir, own, options, disturb })
  } finally {
    await lifecycle.stop()
  }
}

type Context = {
  readonly dataDir: string
  readonly own: Process
  readonly options: EngineRunOptions
  readonly disturb: (arena: Arena) => Promise<void>
}

const startServices = async ({ dataDir, own, options }: Context) => {
  const kafkaProxy = await startKafkaProxy()
  own.lifecycle.add('kafka proxy', kafkaProxy.stop)
  const services = await startEmbeddedServices({
    dataDir,
    kafkaAdvertised: kafkaProxy.address,
    cacheDir: own.settings.cacheDir,
    kafka: true,
    clickhouse: true,
    logger: silentLogger,
    onProgress: options.onProgress,
    onGiveUp: (error) => options.onProgress(error.message),
  })
  own.lifecycle.add('services', services.stop)
  const { kafka, clickhouse } = services
  if (kafka === undefined || clickhouse?.credentials === undefined) throw new Error('no services')
  kafkaProxy.leadTo(kafka.address)
  const address = { url: clickhouse.address, ...clickhouse.credentials }
  const server = openClickHouse({ ...address, database: 'default' })
  await createDatabase(server, database)
  await server.close()
  const client = openClickHouse({ ...address, database })
  own.lifecycle.add('clickhouse', client.close)
  await migrate(client)
  return { kafka, kafkaProxy, clickhouse, client, credentials: clickhouse.credentials }
}

const openKafka = async ({ own }: Context, broker: string) => {
  const kafka = createKafkaClient({
    brokers: [broker],
    clientId: 'chaos',
    tls: false,
    replicationFactor: 1,
    // A broker that is frozen answers nobody: whoever looks must not stand still with it.
    answerLimitMs,
    logger: silentLogger,
  })
  const admin = await kafka.connectAdmin()
  own.lifecycle.add('kafka admin', admin.stop)
  const groups = await openGroups({ broker, answerLimitMs })
  own.lifecycle.add('group admin', groups.stop)
  return { kafka, admin, membersOf: groups.membersOf }
}

const runIn = async (context: Context): Promise<EngineRun> => {
  const { dataDir, own, options, disturb } = context
  const services = await startServices(context)
  const { kafka, admin, membersOf } = await openKafka(context, services.kafkaProxy.address)
  const engineKey = await createEngineKey(own.settings)
  await prepareTopics(await roleDepsOf(own, kafka, (error) => options.onProgress(error.message)), admin)
  const stream = createClinicStream({
    clinics: 8,
    regions: 4,
    studies: options.studies,
    seed: options.seed,
    until,
    filmSize: options.filmSize,
    logger: silentLogger,
  })
  const keysOf = async (siteId: string) => seededSiteKeys({ siteId, seed: options.seed })
  const { intake, publisher: connected } = await startIntake(own, { kafka }, keysOf)
  const publisher = vouchingPublisher(connected, engineKey)
  for (const draft of stream.sites)
    await registerSite({ publisher, now: () => until }, siteOf(draft, await keysOf(draft.siteId)))

  const proxy = await startClickHouseProxy(services.clickhouse.address)
  own.lifecycle.add('proxy', proxy.stop)
  const ownership = { screen: createOwnership(), sink: createOwnership() }
  const clock = noFakeClock === false ? await createFakeClock(dataDir) : undefined
  if (noFakeClock !== false) options.onProgress(noFakeClock)
  const processes = createEngineProcesses({
    dataDir,
    environment: {
      ...clock?.environment,
      OSTEOSTREAM_KAFKA_BROKERS: services.kafkaProxy.address,
      OSTEOSTREAM_CLICKHOUSE_URL: proxy.url,
      OSTEOSTREAM_CLICKHOUSE_USER: services.credentials.username,
      OSTEOSTREAM_CLICKHOUSE_PASSWORD: services.credentials.password,
      OSTEOSTREAM_SESSION_TIMEOUT_MS: String(options.sessionTimeoutMs),
      OSTEOSTREAM_MODELS_DIR: own.settings.modelsDir,
      OSTEOSTREAM_SCREENING_WORKERS: '1',
      // In a batch the last bit of a probability depends on the neighbours: alone, two runs agree to the bit.
      OSTEOSTREAM_BATCH_SIZE: '1',
      // The films are of months that are over.
      OSTEOSTREAM_SPOOL_DAYS: String(longestSpoolDays),
      OSTEOSTREAM_LOG_LEVEL: 'debug',
      OSTEOSTREAM_LOG_FORMAT: 'json',
    },
    ...followLogs(ownership),
  })
  own.lifecycle.add('processes', processes.stop)
  processes.scale('screen', 2)
  processes.scale('sink', 2)

  let isSending = true
  let waiting = 0
  const progress = { sent: 0 }
  const position = (): Promise<Position> => measureOffsets(admin).catch(() => undefined)
  const look = async (): Promise<boolean> => {
    // Before the offsets are measured: the last films may be sent in between.
    const isAllSent = !isSending
    const found = await position()
    if (found === undefined) return false
    const { unscreened, unsunk } = backlogOf(found)
    waiting = unscreened
    return isAllSent && unscreened === 0 && unsunk === 0
  }
  const began = performance.now()
  const looking = setInterval(() => void look(), 1000)
  own.lifecycle.add('look', async () => clearInterval(looking))
  const timer = setInterval(() => {
    options.onProgress(`${progress.sent} of ${options.studies} films sent, ${waiting} wait`)
  }, progressMs)
  own.lifecycle.add('progress', async () => clearInterval(timer))
  const isWhole = async (): Promise<boolean> => {
    const members = await membersOf(Object.values(groupOf)).catch(() => undefined)
    return roles.every((role) => members?.get(groupOf[role]) === processes.wanted(role))
  }
  let isDisturbing = true
  let released = 0
  const sending = streamFilms(stream, intake, progress, {
    waiting: () => waiting,
    due: () =>
      isDisturbing
        ? options.studies * Math.min(released, (performance.now() - began) / options.disturbedForMs)
        : Number.POSITIVE_INFINITY,
    pause: () => delay(50),
  }).finally(() => {
    isSending = false
  })
  const disturbing = disturb({
    processes,
    proxy,
    kafkaProxy: services.kafkaProxy,
    kafkaPid: services.kafka.pid,
    clickhousePid: services.clickhouse.pid,
    // The answer may be lost with the port.
    closeClickHouse: () => services.client.command('SYSTEM STOP LISTEN HTTP').catch(() => {}),
    setClock: async (seconds) => clock?.set(seconds),
    ownership,
    position,
    release: (share) => {
      released = share
    },
    isWhole,
  }).finally(() => {
    isDisturbing = false
  })
  await Promise.all([sending, disturbing])
  const limit = performance.now() + options.settleMs
  while (!(await look()) && performance.now() < limit) await delay(250)
  const ended = performance.now()
  clearInterval(timer)
  clearInterval(looking)
  // A process that has hardly begun ends by the signal itself, and says nothing of how the engine ends.
  const areAllIn = await untilWhole(isWhole, options.settleMs)
  await processes.stop()
  return {
    ledger: await readLedger({
      client: services.client,
      offsets: await measureOffsets(admin),
      ends: () => measureLaneEnds(admin),
      byClinicHour: true,
    }),
    rows: await readBusinessRows(services.client),
    badEnds: processes.badEnds,
    isWhole: areAllIn,
    longestOwnerlessMs: {
      screen: ownership.screen.longestGapMs(ended),
      sink: ownership.sink.longestGapMs(ended),
    },
    seconds: (ended - began) / 1000,
    films: progress.sent,
  }
}
