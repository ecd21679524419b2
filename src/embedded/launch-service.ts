import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SetupError } from '../runtime/errors.ts'
import { requireFree, type ServicePort } from './free-port.ts'
import { readTextIfThere } from './kept-file.ts'
import { endFormer, type SupervisedProcess, startSupervised } from './supervised-process.ts'
import type { AnswerWatch } from './watch-answers.ts'

const startLimitMs = 90_000
const pollMs = 25
const tailCharacters = 600

/** How a service is started. */
export type ServicePlan = {
  readonly name: 'kafka' | 'clickhouse'
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
  readonly ports: readonly ServicePort[]
  readonly logFile: string
  /** Where its supervisor writes which process it is. */
  readonly processFile: string
  /** Runs before each start. */
  readonly prepare?: () => Promise<void>
  /** Resolves once the service does its work; rejects while it does not yet. */
  readonly ask: () => Promise<unknown>
  /** How it is asked while it runs. */
  readonly watch?: AnswerWatch
}

/** The end of a service's log. */
export const lastWordsOf = async (plan: Pick<ServicePlan, 'logFile'>): Promise<string> =>
  ((await readTextIfThere(plan.logFile)) ?? '').slice(-tailCharacters).trim() || 'none'

const didNotStart = async (plan: ServicePlan, why: string): Promise<SetupError> => {
  return new SetupError(
    'SERVICE_START_FAILED',
    `${plan.title} did not start: ${why}; its last words: ${await lastWordsOf(plan)}`,
    `look into ${plan.logFile}, cure the reason and start again`,
  )
}

const untilReady = async (plan: ServicePlan, process: SupervisedProcess, signal: AbortSignal) => {
  let over: string | undefined
  void process.exited.then((end) => {
    over = `it ended with ${end.signal ?? end.code}`
  })
  let last = ''
  const until = performance.now() + startLimitMs
  while (over === undefined && !signal.aborted && performance.now() < until) {
    try {
      await plan.ask()
      return
    } catch (error) {
      last = messageOf(error)
      await delay(pollMs)
    }
  }
  const tooLong = signal.aborted ? 'it was stopped' : `no answer within ${startLimitMs / 1000} s (${last})`
  throw await didNotStart(plan, over ?? tooLong)
}

/**
 * Starts a service and waits until it answers. What an engine that was killed has left on its files and ports is
 * ended first. Throws SetupError PORT_IN_USE, or SERVICE_START_FAILED with the service's last words.
 */
export const launchService = async (plan: ServicePlan, signal: AbortSignal): Promise<SupervisedProcess> => {
  await endFormer(plan.processFile)
  for (const port of plan.ports) await requireFree(port)
  await plan.prepare?.()
  const { command, args, logFile, processFile, title } = plan
  const process = await startSupervised({ name: title, command, args, logFile, processFile })
  try {
    await untilReady(plan, process, signal)
  } catch (error) {
    await process.stop()
    throw error
  }
  return process
}
