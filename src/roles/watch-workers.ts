import { createRaiseAlarm } from '../consumers/partition-alarm.ts'
import type { AlarmRaiser } from '../contracts/ports.ts'
import type { ClassifyCrop } from '../inference/classifiers/classify-crops.ts'
import type { FilmPool } from '../inference/pipeline/prepare-film.ts'
import { everyReally } from '../runtime/every.ts'
import type { Lifecycle } from '../runtime/lifecycle.ts'
import { measureMemory } from '../runtime/memory-gauge.ts'
import { processName } from '../runtime/process-id.ts'
import type { RoleDeps } from './start-screening.ts'
import { createDegradedWatch } from './watch-degraded.ts'

type Parts = { readonly pool: FilmPool; readonly classify: ClassifyCrop }

/**
 * Watches the workers of a screening process: one that is missing, none that is left, models that run on the CPU where
 * another provider was asked for. Without a worker for the stall limit the process is not alive. Answers the classification
 * that notes its provider.
 */
export const watchWorkers = (
  deps: RoleDeps,
  { pool, classify }: Parts,
  { alarms, lifecycle }: { readonly alarms: AlarmRaiser; readonly lifecycle: Lifecycle },
): ClassifyCrop => {
  const { settings, logger, telemetry } = deps
  const uptimeMs = (): number => performance.now()
  const raise = createRaiseAlarm({ alarms, logger, now: () => new Date() })
  const degraded = createDegradedWatch({
    every: everyReally,
    uptimeMs,
    raise,
    logger,
    telemetry,
    worker: processName(),
  })
  lifecycle.add('degraded watch', degraded.stop)
  telemetry.meter
    .createObservableGauge('inference_workers_up')
    .addCallback((result) => result.observe(pool.up()))
  measureMemory(telemetry, pool.heapBytes)
  let lastUpMs = uptimeMs()
  const hasNone = (): boolean => {
    if (pool.up() > 0) lastUpMs = uptimeMs()
    return pool.up() === 0
  }
  degraded.watch('no-worker', () => (hasNone() ? 'no film worker is up' : undefined))
  degraded.watch('worker-missing', () =>
    pool.up() < pool.size ? `${pool.up()} of ${pool.size} film workers are up` : undefined,
  )
  let provider: string = settings.executionProvider
  degraded.watch('provider-fallback', () =>
    provider === settings.executionProvider
      ? undefined
      : `models run on ${provider} instead of ${settings.executionProvider}`,
  )
  deps.health.mustHold('film workers', () =>
    hasNone() && uptimeMs() - lastUpMs > settings.stallLimitS * 1000 ? 'none is up' : undefined,
  )
  return async (model, crop) => {
    const answer = await classify(model, crop)
    if (answer.kind === 'ok') provider = answer.value.provider
    return answer
  }
}
