import { randomUUID } from 'node:crypto'
import { runbookOf } from '../../contracts/alarm.ts'
import type { AlarmRaiser } from '../../contracts/ports.ts'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { WorkerFailure } from '../../runtime/worker-pool.ts'

/** A film that is poison costs two workers; more than that, this soon, is not one film. */
const crashLimit = 5
const windowMs = 10 * 60_000

/**
 * Counts the workers that had to be replaced and tells people when it happens again and again: `crashLimit` times
 * within ten minutes raises one alarm, and ten minutes pass before the next.
 */
export const createCrashAlarm = (deps: {
  readonly alarms: AlarmRaiser
  readonly logger: Logger
  readonly now: () => Date
}): ((failure: WorkerFailure) => Promise<void>) => {
  let crashes: number[] = []
  let quietUntil = 0
  return async ({ kind, detail }) => {
    const now = deps.now()
    crashes = [...crashes.filter((at) => at > now.getTime() - windowMs), now.getTime()]
    if (crashes.length < crashLimit || now.getTime() < quietUntil) return
    quietUntil = now.getTime() + windowMs
    const runbook = runbookOf('worker-crashes')
    const title = 'film workers keep dying'
    deps.logger.error({ crashes: crashes.length, kind, runbook }, title)
    await deps.alarms
      .raise({
        alarmId: randomUUID(),
        kind: 'worker-crashes',
        severity: 'warning',
        scope: 'screening',
        title,
        raisedAt: now.toISOString(),
        evidence: {
          crashes: crashes.length,
          minutes: windowMs / 60_000,
          last: kind,
          detail: detail.slice(0, 200),
        },
        runbook,
      })
      .catch((error: unknown) => deps.logger.error({ error: messageOf(error) }, 'alarm not stored'))
  }
}
