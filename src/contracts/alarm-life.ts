import { z } from 'zod'
import { type Alarm, alarmSchema } from './alarm.ts'
import { alarmCauses } from './command.ts'

/** `retracted`: late data have taken it back. */
export const alarmStates = ['open', 'acknowledged', 'closed', 'retracted'] as const
export type AlarmState = (typeof alarmStates)[number]

/** What somebody did about an alarm. */
export const alarmStepSchema = z.object({
  did: z.enum(['acknowledge', 'assign', 'note', 'close']),
  who: z.string(),
  why: z.string(),
  at: z.string(),
  to: z.string().optional(),
  cause: z.enum(alarmCauses).optional(),
})
export type AlarmStep = z.infer<typeof alarmStepSchema>

/** An alarm, how it stands, and what was done about it, the oldest first. */
export const alarmLifeSchema = alarmSchema.extend({
  state: z.enum(alarmStates),
  assignedTo: z.string().optional(),
  cause: z.enum(alarmCauses).optional(),
  steps: z.array(alarmStepSchema).readonly(),
})
export type AlarmLife = z.infer<typeof alarmLifeSchema>

/** Reads alarms with what was done about them, the latest first. */
export type AlarmReader = {
  readonly readAlarms: (limit: number) => Promise<readonly AlarmLife[]>
  /** An alarm of any age; undefined where there is none. */
  readonly readAlarm: (alarmId: string) => Promise<AlarmLife | undefined>
}

const stateOf = (steps: readonly AlarmStep[], isRetracted: boolean): AlarmState => {
  if (steps.some(({ did }) => did === 'close')) return 'closed'
  if (isRetracted) return 'retracted'
  return steps.some(({ did }) => did === 'acknowledge') ? 'acknowledged' : 'open'
}

/**
 * How an alarm stands after what was done about it: the last word counts, and what is closed stays closed. An alarm that is
 * raised again is open again: what was done and told before that is history.
 */
export const alarmLifeOf = (alarm: Alarm, done: readonly AlarmStep[], retractedAt?: string): AlarmLife => {
  const steps = done.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const assignedTo = steps.findLast(({ did }) => did === 'assign')?.to
  const cause = steps.findLast(({ did, at }) => did === 'close' && at >= alarm.raisedAt)?.cause
  return {
    ...alarm,
    state: stateOf(
      steps.filter(({ at }) => at >= alarm.raisedAt),
      retractedAt !== undefined && retractedAt >= alarm.raisedAt,
    ),
    ...(assignedTo === undefined ? {} : { assignedTo }),
    ...(cause === undefined ? {} : { cause }),
    steps,
  }
}
