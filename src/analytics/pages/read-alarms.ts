import { type Alarm, alarmSchema } from '../../contracts/alarm.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

const sql = `
  SELECT toString(alarm_id) AS alarmId, kind, severity, scope, title, raised_at AS raisedAt, evidence, runbook,
    toString(retracts) AS retracts
  FROM alarms FINAL ORDER BY raised_at DESC, alarm_id LIMIT {limit:UInt32}`

const parseRow = (row: unknown): Alarm => {
  const { evidence, retracts, ...rest } = row as Record<string, unknown>
  return alarmSchema.parse({
    ...rest,
    evidence: JSON.parse(String(evidence)),
    ...(typeof retracts === 'string' && retracts !== '' ? { retracts } : {}),
  })
}

/** Reads the alarms, the latest first. */
export const readAlarms = (client: ClickHouse, limit: number): Promise<readonly Alarm[]> =>
  client.query(sql, { limit }, { parse: parseRow })
