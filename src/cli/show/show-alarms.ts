import type { AlarmLife } from '../../contracts/alarm-life.ts'
import { tableOf } from '../write-output.ts'

const head = ['alarm', 'raised (UTC)', 'severity', 'concerns', 'state', 'with', 'what']

const minuteOf = (instant: string): string => instant.slice(0, 16).replace('T', ' ')

/** Alarms for a person, the latest first. */
export const alarmLines = (alarms: readonly AlarmLife[]): string[] => {
  if (alarms.length === 0) return ['no alarm is open; no alarm does not mean that nothing changed']
  const rows = alarms.map((alarm) => [
    alarm.alarmId,
    minuteOf(alarm.raisedAt),
    alarm.severity,
    alarm.scope,
    alarm.state,
    alarm.assignedTo ?? '',
    alarm.title,
  ])
  return [tableOf([head, ...rows])]
}

/** One alarm with its evidence, what to do, and what was done. */
export const alarmDetailLines = (alarm: AlarmLife): string[] => [
  `${alarm.title} (${alarm.kind}, ${alarm.severity}, ${alarm.state}${alarm.cause === undefined ? '' : `: ${alarm.cause}`})`,
  `concerns ${alarm.scope}; raised ${minuteOf(alarm.raisedAt)} UTC`,
  ...Object.entries(alarm.evidence).map(([name, value]) => `  ${name}: ${value}`),
  `what to do: ${alarm.runbook}`,
  ...alarm.steps.map(
    ({ did, who, why, at, to, cause }) =>
      `${minuteOf(at)} ${did}${to === undefined ? '' : ` to ${to}`}${cause === undefined ? '' : ` (${cause})`} by ${who}: ${why}`,
  ),
]
