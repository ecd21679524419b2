import { type Alarm, type AlarmKind, runbookOf } from '../contracts/alarm.ts'
import type { AlarmRaiser } from '../contracts/ports.ts'
import type { DeadLetterCode } from '../contracts/reasons.ts'
import type { Verdict } from '../contracts/verdict.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { sha256Of } from '../runtime/sha256.ts'

export type SenderAlarmDeps = {
  /** Whether the registry knows a site at an instant (ISO 8601). */
  readonly isRegistered: (siteId: string, instant: string) => boolean
  readonly alarms: AlarmRaiser
  readonly logger: Logger
  readonly now: () => Date
}

type Fault = {
  readonly kind: AlarmKind
  readonly scope: string
  readonly title: string
  readonly evidence: Alarm['evidence']
}

/** What of a record is not believed, in words. */
const unbelieved: Partial<Record<DeadLetterCode, string>> = {
  SITE_UNKNOWN: 'records of a site that is not in the registry',
  SITE_SIGNATURE_INVALID: 'records under a signature that does not hold',
  ATTEMPT_NOT_VOUCHED: 'records that claim to be sent again by the engine',
  RECORD_MISPLACED: 'records on a partition or lane that is not that of their film',
  CONTROL_NOT_VOUCHED: 'control records that nobody vouches for',
}

/** The scope of what names no site of the registry: what such a record claims must not make an alarm of its own. */
const strangers = 'unregistered senders'

const faultOf = (verdict: Verdict, isRegistered: (siteId: string) => boolean): Fault | undefined => {
  if (verdict.attributed) {
    const { siteId, clockFault, appendedAt, receivedAt, believedAt } = verdict
    if (clockFault === undefined) return undefined
    const evidence = { clockFault, receivedAt, appendedAt, believedAt }
    return {
      kind: 'clinic-clock',
      scope: siteId,
      title: `the clock of ${siteId} cannot be believed`,
      evidence,
    }
  }
  if (verdict.outcome.kind !== 'deadLettered') return undefined
  const { code, headers } = verdict.outcome
  const what = unbelieved[code]
  if (what === undefined) return undefined
  const claimed = headers['ce_siteid'] ?? ''
  const scope = isRegistered(claimed) ? claimed : strangers
  return {
    kind: 'unverified-records',
    scope,
    title: `${scope}: ${what}`,
    evidence: { code, record: verdict.pointer },
  }
}

/** An id that every process gives to the same alarm of the same day, so that it stands once. */
const idOf = (...parts: readonly string[]): string => {
  const hex = sha256Of(parts.join('\n'))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const keptIds = 10_000

/**
 * Tells people of a clinic whose clock cannot be, and of records that nobody believes: one alarm for each clinic, fault and
 * day, however many records there are. A record that is not believed is named under the site that it claims only where
 * that site is registered.
 */
export const createSenderAlarm = (deps: SenderAlarmDeps): ((verdict: Verdict) => void) => {
  const raised = new Set<string>()
  return (verdict) => {
    const raisedAt = deps.now().toISOString()
    const fault = faultOf(verdict, (siteId) => deps.isRegistered(siteId, raisedAt))
    if (fault === undefined) return
    const { kind, scope, title, evidence } = fault
    const alarmId = idOf(kind, scope, title, raisedAt.slice(0, 10))
    if (raised.has(alarmId)) return
    if (raised.size >= keptIds) raised.clear()
    raised.add(alarmId)
    const runbook = runbookOf(kind)
    deps.logger.error({ scope, ...evidence, runbook }, title)
    deps.alarms
      .raise({ alarmId, kind, severity: 'warning', scope, title, raisedAt, evidence, runbook })
      .catch((error: unknown) => {
        // The next such record tries again.
        raised.delete(alarmId)
        deps.logger.error({ error: messageOf(error) }, 'alarm not stored')
      })
  }
}
