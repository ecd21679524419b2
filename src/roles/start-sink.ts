import { setTimeout as delay } from 'node:timers/promises'
import { createResultStore } from '../analytics/stores/result-store.ts'
import { readResult, sinkTopics } from '../consumers/read-result.ts'
import { createSinkLoop } from '../consumers/sink-loop.ts'
import { consumerGroups } from '../contracts/topics.ts'
import type { ClickHouse } from '../runtime/clickhouse.ts'
import { everyReally } from '../runtime/every.ts'
import { createLifecycle, type Running } from '../runtime/lifecycle.ts'
import { alarmRaiserOn, type RoleDeps } from './start-screening.ts'

/**
 * How the sink reads and writes. Small fetches: a megabyte holds thousands of compressed results, and what
 * is unpacked at once has to be collected at once. A second of patience bounds the parts that a trickle makes.
 */
export const sinkPace = { fetchBytes: 1024 * 1024, lingerMs: 1000, maxRows: 20_000 } as const

/** Starts a sink process: results into ClickHouse. */
export const startSink = async (
  deps: RoleDeps,
  clickhouse: ClickHouse,
): Promise<Running & { lastTickAt: () => number }> => {
  const lifecycle = createLifecycle(deps.logger)
  const publisher = await deps.kafka.connectPublisher()
  lifecycle.add('alarm publisher', publisher.stop)
  const loop = createSinkLoop({
    store: createResultStore({ client: clickhouse }),
    readResult,
    alarms: alarmRaiserOn(publisher),
    telemetry: deps.telemetry,
    logger: deps.logger,
    pause: (ms) => delay(ms),
    every: everyReally,
    now: () => new Date(),
    lingerMs: sinkPace.lingerMs,
    maxRows: sinkPace.maxRows,
  })
  lifecycle.add('sink loop', loop.stop)
  const consumer = await deps.kafka.consume({
    groupId: consumerGroups.sink,
    topics: sinkTopics,
    fetchBytes: sinkPace.fetchBytes,
    sessionTimeoutMs: deps.settings.sessionTimeoutMs,
    handler: loop,
    onCrash: deps.onCrash,
  })
  lifecycle.add('sink consumer', consumer.stop)
  return { stop: lifecycle.stop, lastTickAt: consumer.lastTickAt }
}
