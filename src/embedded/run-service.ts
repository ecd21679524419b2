import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SetupError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { launchService, type ServicePlan } from './launch-service.ts'
import { createRestartPolicy } from './restart-policy.ts'
import type { EmbeddedService } from './service.ts'
import type { SupervisedProcess } from './supervised-process.ts'

export type RunServiceOptions = {
  readonly logger: Logger
  /** Told once when the service does not stay up: whatever needs it cannot go on. */
  readonly onGiveUp: (error: Error) => void
}

const runbook = 'docs/runbook/services.md'

const gaveUp = (plan: ServicePlan, reason: string): SetupError =>
  new SetupError(
    'SERVICE_KEEPS_FAILING',
    `${plan.title} does not stay up and is not started again: ${reason}`,
    `look into ${plan.logFile}, cure the reason and start again: what it has stored is still there`,
  )

/**
 * Starts a service and starts it again, over the same files and ports, whenever it ends unasked: at once at first,
 * then after waits that grow, until it has failed too often in a row. One that is frozen has not ended and is left
 * alone. Throws SetupError where the first start fails.
 */
export const runService = async (
  plan: ServicePlan,
  { logger, onGiveUp }: RunServiceOptions,
): Promise<Pick<EmbeddedService, 'name' | 'pid' | 'stop'>> => {
  const service = plan.name
  const stopping = new AbortController()
  const { signal } = stopping
  let current = await launchService(plan, signal)
  logger.debug({ service, pid: current.pid }, 'service is up')

  const launchAgain = async (waitMs: number): Promise<SupervisedProcess | string> => {
    try {
      await delay(waitMs, undefined, { signal })
      return await launchService(plan, signal)
    } catch (error) {
      return messageOf(error)
    }
  }
  const keepUp = async (): Promise<void> => {
    const policy = createRestartPolicy()
    let started: SupervisedProcess | string = current
    for (;;) {
      const readyAt = performance.now()
      const reason = typeof started === 'string' ? started : await endOf(started)
      if (signal.aborted) return
      const waitMs = policy(performance.now() - readyAt)
      if (waitMs === undefined) return onGiveUp(gaveUp(plan, reason))
      logger.error({ service, reason, waitMs, runbook }, 'service ended unasked, starting it again')
      started = await launchAgain(waitMs)
      if (typeof started === 'string') continue
      current = started
      logger.warn({ service, pid: current.pid }, 'service is up again')
      if (signal.aborted) await current.stop()
    }
  }
  const keptUp = keepUp()
  const end = async (): Promise<void> => {
    stopping.abort()
    await current.stop()
    await keptUp
  }
  let ended: Promise<void> | undefined
  return { name: service, pid: () => current.pid, stop: () => (ended ??= end()) }
}

const endOf = async ({ exited }: SupervisedProcess): Promise<string> => {
  const { code, signal } = await exited
  return `it ended with ${signal ?? code}`
}
