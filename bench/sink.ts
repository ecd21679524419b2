/** Verdict rows a second: insert only, and from Kafka through the schema into ClickHouse; parts at a trickle. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { createResultStore } from '../src/analytics/stores/result-store.ts'
import { topics, verdictsTopic } from '../src/contracts/topics.ts'
import type { AttributedVerdict } from '../src/contracts/verdict.ts'
import { verdictRecord } from '../src/roles/start-screening.ts'
import { emptyBatch, finding, hipOf, receiptOf, rejected, verdictOf } from '../test/support/results.ts'
import { startMeasuredSink } from './measured-sink.ts'
import { spreadOf, withServices } from './support.ts'

const rows = 200_000
/** Enough for the start of the consumer and the last, waiting batch to weigh little. */
const rowsFromKafka = 500_000
const turns = 3
const groupOf = (turn: number, sinks: number): string => `bench-${turn}-${sinks}`
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

const produce = async (open: Open, total: number): Promise<void> => {
  const publisher = await open.kafka.connectPublisher()
  for (let at = 0; at < total; at += 2000)
    await publisher.publishMany(
      verdictsTopic,
      verdictsFrom(at, Math.min(2000, total - at)).map((verdict) => verdictRecord(verdict, undefined)),
    )
  await publisher.stop()
}

/** Sinks of one group, each in a process of its own; what it answers stops them. */
const startSinks = ({ addresses }: Open, groupId: string, sinks: number) => {
  const file = new URL('./sink-process.ts', import.meta.url)
  const processes = Array.from({ length: sinks }, () => fork(file, [JSON.stringify({ groupId, addresses })]))
  return async () => {
    for (const each of processes) each.disconnect()
    await Promise.all(processes.map((each) => once(each, 'exit')))
  }
}

/** From the first rows to the last one. */
const fromKafka = async (open: Open, group: string, sinks: number): Promise<number> => {
  await open.clickhouse.command('TRUNCATE TABLE verdicts')
  const stop = startSinks(open, group, sinks)
  const untilMoreThan = async (wanted: number): Promise<number> => {
    for (;;) {
      const found = await countRows(open)
      if (found > wanted) return found
      await delay(50)
    }
  }
  const first = await untilMoreThan(0)
  const began = performance.now()
  await untilMoreThan(rowsFromKafka - 1)
  const seconds = (performance.now() - began) / 1000
  await stop()
  return (rowsFromKafka - first) / seconds
}

/** Ten findings a second for half a minute: parts that it makes in a minute. The group has read all before. */
const trickle = async (open: Open, group: string): Promise<number> => {
  const stop = await startMeasuredSink(open, group)
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
    const [one, two]: [number[], number[]] = [[], []]
    for (let turn = 0; turn < turns; turn += 1) {
      one.push(await fromKafka(open, groupOf(turn, 1), 1))
      two.push(await fromKafka(open, groupOf(turn, 2), 2))
    }
    return {
      rows,
      rowsFromKafka,
      insertOnlyRowsPerS: spreadOf(inserts),
      fromKafkaRowsPerS: spreadOf(one),
      fromKafkaTwoSinksRowsPerS: spreadOf(two),
      partsPerMinuteAtTenRowsPerS: await trickle(open, groupOf(turns - 1, 1)),
    }
  })
