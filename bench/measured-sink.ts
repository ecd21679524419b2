/** The sink as its role starts it, under a group of its own, over verdicts alone. */
import { setTimeout as delay } from 'node:timers/promises'
import { createResultStore } from '../src/analytics/stores/result-store.ts'
import { createReadResult, sinkHeaders } from '../src/consumers/read-result.ts'
import { createSinkLoop } from '../src/consumers/sink-loop.ts'
import { verdictsTopic } from '../src/contracts/topics.ts'
import { sinkPace } from '../src/roles/start-sink.ts'
import { everyReally } from '../src/runtime/every.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { createProgress } from '../src/runtime/progress.ts'
import { startTelemetry } from '../src/runtime/telemetry.ts'
import type { connectServices } from './support.ts'

/** Starts it; what it answers stops it. */
export const startMeasuredSink = async (
  { kafka, clickhouse }: ReturnType<typeof connectServices>,
  groupId: string,
): Promise<() => Promise<void>> => {
  const telemetry = startTelemetry({ service: 'bench', version: '0' })
  const loop = createSinkLoop({
    store: createResultStore({ client: clickhouse }),
    readResult: createReadResult({
      engineKey: new Uint8Array(32),
      findKeys: () => [],
      isSynthetic: () => true,
    }),
    alarms: { raise: async () => {} },
    telemetry,
    progress: createProgress(),
    stuckAfterMs: 600_000,
    logger: silentLogger,
    pause: (ms) => delay(ms),
    every: everyReally,
    now: () => new Date(),
    lingerMs: sinkPace.lingerMs,
    maxRows: sinkPace.maxRows,
  })
  const consumer = await kafka.consume({
    groupId,
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
