import { randomUUID } from 'node:crypto'
import { type Alarm, type AlarmKind, runbookOf } from '../contracts/alarm.ts'
import { majorVersionOf } from '../contracts/image-event.ts'
import type { AlarmRaiser } from '../contracts/ports.ts'
import { messageOf } from '../runtime/errors.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Logger } from '../runtime/logger.ts'

/** An event of a later major version: whoever sends it was upgraded before us. */
export const isFromLaterVersion = (record: ConsumedRecord): boolean =>
  (majorVersionOf(record.headers['ce_type']) ?? 1) > 1

export type PartitionAlarm = (record: ConsumedRecord, kind: AlarmKind, title: string) => Promise<void>

/** Tells people that a partition stands still; an alarm that cannot be stored is at least logged. */
export const createPartitionAlarm =
  (deps: { alarms: AlarmRaiser; logger: Logger; now: () => Date }): PartitionAlarm =>
  async (record, kind, title) => {
    const scope = `${record.topic}:${record.partition}`
    const alarm: Alarm = {
      alarmId: randomUUID(),
      kind,
      severity: 'critical',
      scope,
      title,
      raisedAt: deps.now().toISOString(),
      evidence: { offset: record.offset.toString(), type: (record.headers['ce_type'] ?? '').slice(0, 80) },
      runbook: runbookOf(kind),
    }
    deps.logger.error({ scope, offset: record.offset.toString(), runbook: alarm.runbook }, title)
    await deps.alarms
      .raise(alarm)
      .catch((error: unknown) => deps.logger.error({ error: messageOf(error) }, 'alarm not stored'))
  }
