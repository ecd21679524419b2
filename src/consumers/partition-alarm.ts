import { randomUUID } from 'node:crypto'
import { type Alarm, type AlarmKind, runbookOf } from '../contracts/alarm.ts'
import { majorVersionOf } from '../contracts/image-event.ts'
import type { AlarmRaiser } from '../contracts/ports.ts'
import { messageOf } from '../runtime/errors.ts'
import type { ConsumedPosition, ConsumedRecord, TopicCut } from '../runtime/kafka/types.ts'
import type { Logger } from '../runtime/logger.ts'

/** An event of a later major version: whoever sends it was upgraded before us. */
export const isFromLaterVersion = (record: ConsumedRecord): boolean =>
  (majorVersionOf(record.headers['ce_type']) ?? 1) > 1

/** Tells people, in the log and on the alarms topic; an alarm that cannot be stored is at least logged. */
export type RaiseAlarm = (
  alarm: Pick<Alarm, 'kind' | 'severity' | 'scope' | 'title' | 'evidence'>,
) => Promise<void>

export type PartitionAlarm = (
  at: ConsumedPosition,
  kind: AlarmKind,
  title: string,
  evidence?: Alarm['evidence'],
) => Promise<void>

/** What an alarm says of the record that stopped a partition. */
export const evidenceOf = (record: ConsumedRecord): Alarm['evidence'] => ({
  type: (record.headers['ce_type'] ?? '').slice(0, 80),
})

/** Tells people that records are gone that were never read: nothing is read beyond the gap. */
export const raiseTopicCut = (alarm: PartitionAlarm, { topic, partition, expected, first, end }: TopicCut) =>
  alarm(
    { topic, partition, offset: expected },
    'offset-out-of-range',
    'records that were not read are gone from the log: partition paused',
    { earliest: first.toString(), end: end.toString() },
  )

/** Creates what raises the alarms of a process. */
export const createRaiseAlarm =
  (deps: { alarms: AlarmRaiser; logger: Logger; now: () => Date }): RaiseAlarm =>
  async ({ kind, severity, scope, title, evidence }) => {
    const runbook = runbookOf(kind)
    const raisedAt = deps.now().toISOString()
    deps.logger[severity === 'critical' ? 'error' : 'warn']({ scope, ...evidence, runbook }, title)
    await deps.alarms
      .raise({ alarmId: randomUUID(), kind, severity, scope, title, raisedAt, evidence, runbook })
      .catch((error: unknown) => deps.logger.error({ error: messageOf(error) }, 'alarm not stored'))
  }

/** Tells people that a partition stands still at a record. */
export const createPartitionAlarm =
  (raise: RaiseAlarm): PartitionAlarm =>
  ({ topic, partition, offset }, kind, title, evidence = {}) =>
    raise({
      kind,
      severity: 'critical',
      scope: `${topic}:${partition}`,
      title,
      evidence: { offset: offset.toString(), ...evidence },
    })
