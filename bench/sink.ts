/** Verdict rows a second: insert only, and from Kafka through the schema into ClickHouse; parts at a trickle. */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { createResultStore } from '../src/analytics/stores/result-store.ts'
import { readResult, sinkHeaders } from '../src/consumers/read-result.ts'
import { createSinkLoop } from '../src/consumers/sink-loop.ts'
import { topics, verdictsTopic } from '../src/contracts/topics.ts'
import type { AttributedVerdict } from '../src/contracts/verdict.ts'
import { verdictRecord } from '../src/roles/start-screening.ts'
import { sinkPace } from '../src/roles/start-sink.ts'
import { everyReally } from '../src/runtime/every.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { startTelemetry } from '../src/runtime/telemetry.ts'
import { emptyBatch, finding, hipOf, receiptOf, rejected, verdictOf } from '../test/support/results.ts'
import { spreadOf, withServices } from './support.ts'

const rows = 200_000
/** Enough for the start of the consumer and the last, waiting batch to weigh little. */
const rowsFromKafka = 500_000
const turns = 3
const groupOf = (turn: number): string => `bench-${turn}`
const count = z.object({ n: z.coerce.number() })

const verdictsFrom = (first: number, total: number, outcome = rejected): AttributedVerdict[] =>
  Array.from({ length: total }, (_, index) =>
    verdictOf(receiptOf({ film: `film ${first + index}`, offset: first + index }), outcome),
  )

type Open = Parameters<Parameters<typeof withServices>[0]>[0]

const countRows = async ({ clickhouse }: Open): Promise<number> =>
  (await clickhouse.query('SELECT count() AS n FROM verdicts', {}, count))[0]?.n ?? 0

const insertOnly = async (open: Open): Promise<number> => {
  const store = createResultStore({ client: open.clickhouse })
  const verdicts = verdictsFrom(0, rows)
  const began = performance.now()
  for (let at = 0; at < rows; at += 20_000)
    await store.write({ ...emptyBatch, verdicts: verdicts.slice(at, at + 20_000) })
  return rows / ((performance.now() - began) / 1000)
}

const startLoop = async (open: Open, group: string) => {
  const telemetry = startTelemetry({ service: 'bench', version: '0' })
  const loop = createSinkLoop({
    store: createResultStore({ client: open.clickhouse }),
    readResult,
    alarms: { raise: async () => {} },
    telemetry,
    logger: silentLogger,
    pause: (ms) => delay(ms),
    every: everyReally,
    now: () => new Date(),
    lingerMs: sinkPace.lingerMs,
    maxRows: sinkPace.maxRows,
  })
  const consumer = await open.kafka.consume({
    groupId: group,
    topics: [verdictsTopic.name],
    headers: sinkHeaders,
    fetchBytes: sinkPace.fetchBytes,
    sessionTimeoutMs: 15_000,
    handler: loop,
    onCrash: (error) => console.error(error.message),
  })
  return async () => {
    await consumer.stop()
    await loop.stop()
    await telemetry.stop()
  }
}

const produce = async (open: Open, total: number): Promise<void> => {
  const publisher = await open.kafka.connectPublisher()
  for (let at = 0; at < total; at += 2000)
    await publisher.publishMany(
      verdictsTopic,
      verdictsFrom(at, Math.min(2000, total - at)).map((verdict) => verdictRecord(verdict, undefined)),
    )
  await publisher.stop()
}

const fromKafka = async (open: Open, group: string): Promise<number> => {
  await open.clickhouse.command('TRUNCATE TABLE verdicts')
  const began = performance.now()
  const stop = await startLoop(open, group)
  while ((await countRows(open)) < rowsFromKafka) await delay(100)
  const seconds = (performance.now() - began) / 1000
  await stop()
  return rowsFromKafka / seconds
}

/** Ten findings a second for half a minute: parts that it makes in a minute. The group has read all before. */
const trickle = async (open: Open, group: string): Promise<number> => {
  const stop = await startLoop(open, group)
  const publisher = await open.kafka.connectPublisher()
  const seconds = 30
  const verdicts = verdictsFrom(1_000_000, seconds * 10, finding([hipOf('left', 'normal')]))
  const since = new Date().toISOString()
  for (const verdict of verdicts) {
    await publisher.publishMany(verdictsTopic, [verdictRecord(verdict, undefined)])
    await delay(100)
  }
  await delay(3000)
  await publisher.stop()
  await stop()
  const [made] = await open.clickhouse.query(
    "SELECT count() AS n FROM system.part_log WHERE event_type = 'NewPart' AND database = 'bench' AND event_time >= parseDateTimeBestEffort({since:String})",
    { since },
    count,
  )
  return ((made?.n ?? 0) / seconds) * 60
}

export const run = () =>
  withServices(async (open) => {
    const admin = await open.kafka.connectAdmin()
    await admin.createTopics(topics)
    await admin.stop()
    const inserts: number[] = []
    for (let turn = 0; turn < turns; turn += 1) {
      await open.clickhouse.command('TRUNCATE TABLE verdicts')
      inserts.push(await insertOnly(open))
    }
    await produce(open, rowsFromKafka)
    const kafka: number[] = []
    for (let turn = 0; turn < turns; turn += 1) kafka.push(await fromKafka(open, groupOf(turn)))
    return {
      rows,
      rowsFromKafka,
      insertOnlyRowsPerS: spreadOf(inserts),
      fromKafkaRowsPerS: spreadOf(kafka),
      partsPerMinuteAtTenRowsPerS: await trickle(open, groupOf(turns - 1)),
    }
  })
