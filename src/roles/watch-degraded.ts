import type { RaiseAlarm } from '../consumers/partition-alarm.ts'
import { runbookOf } from '../contracts/alarm.ts'
import type { Every } from '../runtime/every.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Telemetry } from '../runtime/telemetry.ts'

/** What a process can do without for a while, but not for long. */
export type Degradation = 'worker-missing' | 'no-worker' | 'provider-fallback'

export type DegradedWatchDeps = {
  readonly every: Every
  readonly uptimeMs: () => number
  readonly raise: RaiseAlarm
  readonly logger: Logger
  readonly telemetry: Telemetry
  /** The process, for people who look for it. */
  readonly worker: string
}

/** Keeps what is told of degradations. */
export type DegradedWatch = Running & {
  /** Looks at it again and again: `detail` while it lasts, undefined while it does not. */
  readonly watch: (what: Degradation, look: () => string | undefined) => void
}

const lookMs = 2000
/** So long a worker may take to come back before people are told. */
const lastsMs = 60_000

type Watched = {
  readonly what: Degradation
  readonly look: () => string | undefined
  sinceMs: number | undefined
  isTold: boolean
}

/** Watches a process that goes on with less than it should have: a line and a metric at once, an alarm where it lasts. */
export const createDegradedWatch = (deps: DegradedWatchDeps): DegradedWatch => {
  const all: Watched[] = []
  const runbook = runbookOf('degraded')
  deps.telemetry.meter.createObservableGauge('inference_degraded').addCallback((result) => {
    for (const { what, sinceMs } of all) result.observe(sinceMs === undefined ? 0 : 1, { what })
  })
  const look = (watched: Watched): void => {
    const { what } = watched
    const detail = watched.look()
    if (detail === undefined) {
      if (watched.sinceMs !== undefined) deps.logger.info({ what }, 'no longer degraded')
      watched.sinceMs = undefined
      watched.isTold = false
      return
    }
    if (watched.sinceMs === undefined) deps.logger.warn({ what, detail, runbook }, 'degraded')
    watched.sinceMs ??= deps.uptimeMs()
    if (watched.isTold || deps.uptimeMs() - watched.sinceMs < lastsMs) return
    watched.isTold = true
    void deps.raise({
      kind: 'degraded',
      severity: what === 'no-worker' ? 'critical' : 'warning',
      scope: deps.worker,
      title: 'a screening process has less than it should have',
      evidence: { what, detail: detail.slice(0, 200), seconds: lastsMs / 1000 },
    })
  }
  const stop = deps.every(lookMs, () => {
    for (const watched of all) look(watched)
  })
  return {
    watch: (what, lookAt) => void all.push({ what, look: lookAt, sinceMs: undefined, isTold: false }),
    stop: async () => stop(),
  }
}
