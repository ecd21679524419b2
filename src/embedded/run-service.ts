import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SetupError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { lastWordsOf, launchService, type ServicePlan } from './launch-service.ts'
import { createRestartPolicy } from './restart-policy.ts'
import type { EmbeddedService } from './service.ts'
import type { SupervisedProcess } from './supervised-process.ts'
import { untilUnanswered, usualWatch } from './watch-answers.ts'

export type RunServiceOptions = {
  readonly logger: Logger
  /** Told once when the service does not stay up: whatever needs it cannot go on. */
  readonly onGiveUp: (error: Error) => void
}

const runbook = 'docs/runbook/services.md'

/** Below this a service cannot be expected to write anything. */
const fullBelowBytes = 16 * 1024 * 1024

const isDiskFull = async (plan: ServicePlan): Promise<boolean> => {
  if (/No space left on device|ENOSPC|NOT_ENOUGH_SPACE|Disk quota exceeded/.test(await lastWordsOf(plan)))
    return true
  const { bavail, bsize } = await statfs(dirname(plan.processFile))
  return bavail * bsize < fullBelowBytes
}

/** Says why a service is given up; that the disk is full is the reason to be told before all others. */
const gaveUp = async (plan: ServicePlan, reason: string): Promise<SetupError> => {
  const what = `${plan.title} does not stay up and is not started again`
  const kept = 'what it has stored is still there'
  if (await isDiskFull(plan).catch(() => false))
    return new SetupError(
      'DISK_FULL',
      `${what}: the disk of ${dirname(plan.processFile)} is full`,
      `free space there, or move the data folder to a larger disk, and start again: ${kept}`,
    )
  return new SetupError(
    'SERVICE_KEEPS_FAILING',
    `${what}: ${reason}`,
    `look into ${plan.logFile}, cure the reason and start again: ${kept}`,
  )
}

/**
 * Starts a service and starts it again, over the same files and ports, whenever it ends unasked: at once at first,
 * then after waits that grow, until it has failed too often in a row; one whose port is closed, or that does not answer
 * for long, is ended first. One that is frozen for a while is left alone. Throws SetupError where the first start fails.
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
      const reason = typeof started === 'string' ? started : await endOf(plan, started)
      if (signal.aborted) return
      const waitMs = policy(performance.now() - readyAt)
      if (waitMs === undefined) return onGiveUp(await gaveUp(plan, reason))
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

/** Waits for the end of a service, and ends one that lives without doing its work; answers why it ended. */
const endOf = async (plan: ServicePlan, { exited, stop }: SupervisedProcess): Promise<string> => {
  const over = new AbortController()
  const unanswered = untilUnanswered(plan.ask, plan.watch ?? usualWatch, over.signal).then(async (reason) => {
    if (reason !== undefined) await stop()
    return reason
  })
  const { code, signal } = await exited
  over.abort()
  return (await unanswered) ?? `it ended with ${signal ?? code}`
}
