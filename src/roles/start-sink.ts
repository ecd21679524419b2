import { setTimeout as delay } from 'node:timers/promises'
import { createResultStore } from '../analytics/stores/result-store.ts'
import { createReadResult, sinkHeaders, sinkTopics } from '../consumers/read-result.ts'
import type { ReadResult } from '../consumers/result-batch.ts'
import { createSenderAlarm } from '../consumers/sender-alarm.ts'
import { createSinkLoop } from '../consumers/sink-loop.ts'
import { followSites } from '../consumers/site-directory.ts'
import type { AlarmRaiser, ResultStore } from '../contracts/ports.ts'
import { keysAt } from '../contracts/site.ts'
import { consumerGroups, verdictsTopic } from '../contracts/topics.ts'
import type { Verdict } from '../contracts/verdict.ts'
import type { ClickHouse } from '../runtime/clickhouse.ts'
import { everyReally } from '../runtime/every.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import { type Lifecycle, startParts } from '../runtime/lifecycle.ts'
import { createProgress } from '../runtime/progress.ts'
import { alarmRaiserOn, type RoleDeps, type RunningLoop, stopLimitMs } from './start-screening.ts'
import { watchLoops } from './watch-loops.ts'

/**
 * How the sink reads and writes. Small fetches: a megabyte holds thousands of compressed results, and what
 * is unpacked at once has to be collected at once. A second of patience bounds the parts that a trickle makes.
 */
export const sinkPace = { fetchBytes: 1024 * 1024, lingerMs: 1000, maxRows: 20_000 } as const

type RunningSink = RunningLoop

export type SinkParts = {
  readonly store: ResultStore
  readonly groupId: string
  readonly alarms: AlarmRaiser
  /** Longest wait before a row that has arrived is written. */
  readonly lingerMs: number
  /** Told of records that nobody vouches for. */
  readonly onRefused: (verdict: Verdict) => void
}

/** Reads records with the site registry beside: who may vouch for what. */
const openReadResult = async (
  deps: RoleDeps,
  lifecycle: Lifecycle,
  { onRefused }: Pick<SinkParts, 'onRefused'>,
) => {
  const { engineKey, logger, onCrash, kafka } = deps
  const admin = await kafka.connectAdmin()
  lifecycle.add('kafka admin', admin.stop)
  const sites = await followSites({ consume: kafka.consume, admin, engineKey, logger, onCrash })
  lifecycle.add('site registry', sites.stop)
  const read = createReadResult({
    engineKey,
    findKeys: (siteId, keyId, instant) => {
      const site = sites.find(siteId, instant)
      return site === undefined ? [] : keysAt(site, keyId, instant)
    },
    isSynthetic: (siteId, instant) => sites.find(siteId, instant)?.domain === 'synthetic',
  })
  return (record: ConsumedRecord): ReadResult => {
    const result = read(record)
    if (result.kind === 'verdicts' && !result.data.attributed) onRefused(result.data)
    return result
  }
}

/** Starts a sink loop into any store, under any group. */
export const startSinkInto = (deps: RoleDeps, parts: SinkParts): Promise<RunningSink> =>
  startParts(deps.logger, async (lifecycle) => {
    const progress = createProgress()
    const loop = createSinkLoop({
      store: parts.store,
      readResult: await openReadResult(deps, lifecycle, parts),
      alarms: parts.alarms,
      telemetry: deps.telemetry,
      progress,
      stuckAfterMs: deps.settings.stuckRecordS * 1000,
      logger: deps.logger,
      pause: (ms) => delay(ms),
      every: everyReally,
      now: () => new Date(),
      lingerMs: parts.lingerMs,
      maxRows: sinkPace.maxRows,
    })
    lifecycle.add('sink loop', loop.stop)
    const consumer = await deps.kafka.consume({
      groupId: parts.groupId,
      topics: sinkTopics,
      headers: sinkHeaders,
      fetchBytes: sinkPace.fetchBytes,
      sessionTimeoutMs: deps.settings.sessionTimeoutMs,
      stopLimitMs: stopLimitMs(deps.settings),
      handler: loop,
      onCrash: deps.onCrash,
    })
    lifecycle.add('sink consumer', consumer.stop)
    return { lastTickAt: consumer.lastTickAt, progress }
  })

/** Starts a sink process: results into ClickHouse. */
export const startSink = (deps: RoleDeps, clickhouse: ClickHouse): Promise<RunningSink> =>
  startParts(deps.logger, async (lifecycle) => {
    const isAssigned = deps.health.mustHappen('sink assignment')
    const publisher = await deps.kafka.connectPublisher()
    lifecycle.add('alarm publisher', publisher.stop)
    const alarms = alarmRaiserOn(publisher)
    const sink = await startSinkInto(deps, {
      store: createResultStore({ client: clickhouse }),
      groupId: consumerGroups.sink,
      alarms,
      lingerMs: sinkPace.lingerMs,
      onRefused: createSenderAlarm({
        // What the sink refuses names no site.
        isRegistered: () => false,
        alarms,
        logger: deps.logger,
        now: () => new Date(),
      }),
    })
    lifecycle.add('sink', sink.stop)
    isAssigned()
    watchLoops(deps, [{ ...sink, name: 'sink', topic: verdictsTopic.name }], lifecycle)
    return { lastTickAt: sink.lastTickAt, progress: sink.progress }
  })
