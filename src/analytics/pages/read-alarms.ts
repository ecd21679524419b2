import { z } from 'zod'
import { type Alarm, alarmSchema } from '../../contracts/alarm.ts'
import {
  type AlarmLife,
  type AlarmReader,
  type AlarmStep,
  alarmLifeOf,
  alarmStepSchema,
} from '../../contracts/alarm-life.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

const columns = `toString(alarm_id) AS alarmId, kind, severity, scope, title, raised_at AS raisedAt, evidence, runbook,
    toString(retracts) AS retracts`

// An alarm that takes another one back is no alarm of its own: it belongs to the life of that one.
const latestSql = `
  SELECT ${columns} FROM alarms FINAL WHERE retracts IS NULL ORDER BY raised_at DESC, alarm_id LIMIT {limit:UInt32}`
const oneSql = `SELECT ${columns} FROM alarms FINAL WHERE toString(alarm_id) = {alarmId:String} AND retracts IS NULL`
const retractionsSql = `
  SELECT toString(retracts) AS alarmId, max(raised_at) AS at FROM alarms FINAL
  WHERE toString(retracts) IN {ids:Array(String)} GROUP BY alarmId`
const stepsSql = `
  SELECT JSONExtractString(details, 'alarmId') AS alarmId, kind, who, why, at, details FROM commands FINAL
  WHERE kind IN ('acknowledge', 'assign', 'note', 'close') AND alarmId IN {ids:Array(String)}
  ORDER BY at, command_id`

const parseRow = (row: unknown): Alarm => {
  const { evidence, retracts, ...rest } = row as Record<string, unknown>
  return alarmSchema.parse({
    ...rest,
    evidence: JSON.parse(String(evidence)),
    ...(typeof retracts === 'string' && retracts !== '' ? { retracts } : {}),
  })
}

const retractionSchema = z.object({ alarmId: z.string(), at: z.string() })
const stepSchema = z.object({
  alarmId: z.string(),
  kind: z.string(),
  who: z.string(),
  why: z.string(),
  at: z.string(),
  details: z.string(),
})

const stepOf = ({ kind, who, why, at, details }: z.infer<typeof stepSchema>): AlarmStep =>
  alarmStepSchema.parse({ ...(JSON.parse(details) as object), did: kind, who, why, at })

const livesOf = async (client: ClickHouse, alarms: readonly Alarm[]): Promise<readonly AlarmLife[]> => {
  if (alarms.length === 0) return []
  const ids = alarms.map(({ alarmId }) => alarmId)
  const steps = Map.groupBy(await client.query(stepsSql, { ids }, stepSchema), ({ alarmId }) => alarmId)
  const retractedAt = new Map(
    (await client.query(retractionsSql, { ids }, retractionSchema)).map(({ alarmId, at }) => [alarmId, at]),
  )
  return alarms.map((alarm) =>
    alarmLifeOf(alarm, (steps.get(alarm.alarmId) ?? []).map(stepOf), retractedAt.get(alarm.alarmId)),
  )
}

/** Reads the alarms, the latest first, each with what was done about it. */
export const openAlarmReader = (client: ClickHouse): AlarmReader => ({
  readAlarms: async (limit) => livesOf(client, await client.query(latestSql, { limit }, { parse: parseRow })),
  readAlarm: async (alarmId) => {
    const [life] = await livesOf(client, await client.query(oneSql, { alarmId }, { parse: parseRow }))
    return life
  },
})
