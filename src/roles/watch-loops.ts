import { messageOf } from '../runtime/errors.ts'
import { everyReally } from '../runtime/every.ts'
import type { HealthCheck } from '../runtime/health.ts'
import type { KafkaAdmin } from '../runtime/kafka/types.ts'
import type { Lifecycle, Running } from '../runtime/lifecycle.ts'
import type { RoleDeps, RunningLoop } from './start-screening.ts'

/** What is known of one loop. */
export type WatchedLoop = Pick<RunningLoop, 'lastTickAt' | 'progress'> & {
  readonly name: string
  readonly topic: string
}

export type LoopHealthDeps = {
  readonly nowMs: () => number
  /** How long a loop with work in hand may do nothing. */
  readonly stallLimitMs: number
  /** How long its consumer may hear nothing of Kafka while Kafka answers others. */
  readonly silenceLimitMs: number
  /** Whether Kafka answers. */
  readonly asks: (topic: string) => Promise<boolean>
}

const inSeconds = (ms: number): string => `${Math.round(ms / 1000)} s`

/**
 * Creates the check of one loop: it has work and moves, or has nothing to do; and its consumer lives. A consumer that hears
 * nothing is dead only while Kafka answers another question: where Kafka is away a restart would cure nothing.
 */
export const createLoopHealth = (
  loop: WatchedLoop,
  deps: LoopHealthDeps,
): { readonly check: HealthCheck; readonly look: () => Promise<void> } => {
  let isDeaf = false
  const silentMs = (): number => deps.nowMs() - loop.lastTickAt()
  const stalledMs = (): number => (loop.progress.isBusy() ? deps.nowMs() - loop.progress.lastMovedAtMs() : 0)
  return {
    look: async () => {
      if (silentMs() <= deps.silenceLimitMs) {
        isDeaf = false
        return
      }
      const answers = await deps.asks(loop.topic)
      isDeaf = answers && silentMs() > deps.silenceLimitMs
    },
    check: () => {
      if (stalledMs() > deps.stallLimitMs) return `has work and has not moved for ${inSeconds(stalledMs())}`
      return isDeaf && silentMs() > deps.silenceLimitMs
        ? `its consumer is silent for ${inSeconds(silentMs())} while Kafka answers`
        : undefined
    },
  }
}

const lookMs = 10_000
/** A member that joins waits for the others, a minute at most. */
const leastSilenceMs = 150_000
const runbook = 'docs/runbook/health.md'

/** An admin that is opened when it is first needed; one that cannot be opened is no answer. */
const lazyAdmin = (connect: () => Promise<KafkaAdmin & Running>) => {
  let opened: Promise<KafkaAdmin & Running> | undefined
  return {
    asks: async (topic: string): Promise<boolean> => {
      opened ??= connect()
      try {
        await (await opened).bounds(topic)
        return true
      } catch {
        opened = undefined
        return false
      }
    },
    stop: async () => {
      await (await opened)?.stop()
    },
  }
}

/** Watches the loops of a process for its `/livez`, and says so in the log when one stands. */
export const watchLoops = (deps: RoleDeps, loops: readonly WatchedLoop[], lifecycle: Lifecycle): void => {
  const admin = lazyAdmin(deps.kafka.connectAdmin)
  const { stallLimitS, sessionTimeoutMs } = deps.settings
  const watched = loops.map((loop) => ({
    loop,
    isTold: false,
    health: createLoopHealth(loop, {
      nowMs: () => performance.now(),
      stallLimitMs: stallLimitS * 1000,
      silenceLimitMs: Math.max(leastSilenceMs, 3 * sessionTimeoutMs),
      asks: admin.asks,
    }),
  }))
  for (const { loop, health } of watched) deps.health.mustHold(loop.name, health.check)
  const stop = everyReally(lookMs, () => {
    for (const each of watched) {
      each.health
        .look()
        .catch((error: unknown) => deps.logger.warn({ error: messageOf(error) }, 'health not looked at'))
      const problem = each.health.check()
      if (problem !== undefined && !each.isTold)
        deps.logger.error({ loop: each.loop.name, problem, runbook }, 'a loop stands')
      each.isTold = problem !== undefined
    }
  })
  lifecycle.add('loop watch', async () => {
    stop()
    await admin.stop()
  })
}
