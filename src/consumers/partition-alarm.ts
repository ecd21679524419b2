import { randomUUID } from 'node:crypto'
import { type Alarm, type AlarmKind, runbookOf } from '../contracts/alarm.ts'
import { majorVersionOf } from '../contracts/image-event.ts'
import type { AlarmRaiser } from '../contracts/ports.ts'
import { messageOf } from '../runtime/errors.ts'
import type { ConsumedRecord, TopicCut } from '../runtime/kafka/types.ts'
import type { Logger } from '../runtime/logger.ts'

/** An event of a later major version: whoever sends it was upgraded before us. */
export const isFromLaterVersion = (record: ConsumedRecord): boolean =>
  (majorVersionOf(record.headers['ce_type']) ?? 1) > 1

export type PartitionAlarm = (
  at: Pick<ConsumedRecord, 'topic' | 'partition' | 'offset'>,
  kind: AlarmKind,
  title: string,
  evidence?: Alarm['evidence'],
) => Promise<void>

/** What an alarm says of the record that stopped a partition. */
export const evidenceOf = (record: ConsumedRecord): Alarm['evidence'] => ({
  type: (record.headers['ce_type'] ?? '').slice(0, 80),
})

/** Tells people that records are gone that were never read: nothing is read beyond the gap. */
export const raiseCut = (alarm: PartitionAlarm, { topic, partition, expected, first, end }: TopicCut) =>
  alarm(
    { topic, partition, offset: expected },
    'offset-out-of-range',
    'records that were not read are gone from the log: partition paused',
    { earliest: first.toString(), end: end.toString() },
  )

/** Tells people that a partition stands still; an alarm that cannot be stored is at least logged. */
export const createPartitionAlarm =
  (deps: { alarms: AlarmRaiser; logger: Logger; now: () => Date }): PartitionAlarm =>
  async (at, kind, title, evidence = {}) => {
    const scope = `${at.topic}:${at.partition}`
    const alarm: Alarm = {
      alarmId: randomUUID(),
      kind,
      severity: 'critical',
      scope,
      title,
      raisedAt: deps.now().toISOString(),
      evidence: { offset: at.offset.toString(), ...evidence },
      runbook: runbookOf(kind),
    }
    deps.logger.error({ scope, offset: at.offset.toString(), ...evidence, runbook: alarm.runbook }, title)
    await deps.alarms
      .raise(alarm)
      .catch((error: unknown) => deps.logger.error({ error: messageOf(error) }, 'alarm not stored'))
  }
