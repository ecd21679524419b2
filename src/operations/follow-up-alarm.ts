import { randomUUID } from 'node:crypto'
import type { AlarmReader, AlarmState } from '../contracts/alarm-life.ts'
import type { Command } from '../contracts/command.ts'
import { failed, type Outcome, ok } from '../runtime/outcome.ts'

type StepOf<Kind extends Command['kind']> = Omit<
  Extract<Command, { kind: Kind }>,
  'commandId' | 'at' | 'who' | 'why' | 'alarmId'
>

/** What can be done about an alarm. */
export type AlarmFollowUp = StepOf<'acknowledge'> | StepOf<'assign'> | StepOf<'note'> | StepOf<'close'>

export type FollowUpDeps = {
  readonly alarms: Pick<AlarmReader, 'readAlarm'>
  /** Stores the command in the audit trail, from which readers make the state of the alarm. */
  readonly publishCommand: (command: Command) => Promise<void>
  readonly now: () => Date
}

export type FollowUpFailure = 'NO_SUCH_ALARM' | 'ALREADY_CLOSED' | 'TAKEN_BACK'

/** Does something about an alarm. */
export type FollowUpAlarm = (
  alarmId: string,
  step: AlarmFollowUp,
  audit: { readonly who: string; readonly why: string },
) => Promise<Outcome<{ readonly alarmId: string; readonly state: AlarmState }, never, FollowUpFailure>>

const stateAfter = (step: AlarmFollowUp, before: AlarmState): AlarmState => {
  if (step.kind === 'close') return 'closed'
  return step.kind === 'acknowledge' ? 'acknowledged' : before
}

/** Creates the follow-up of alarms. A note can always be added; nothing else happens to an alarm that is closed or taken back. */
export const createFollowUpAlarm =
  ({ alarms, publishCommand, now }: FollowUpDeps): FollowUpAlarm =>
  async (alarmId, step, audit) => {
    const alarm = await alarms.readAlarm(alarmId)
    if (alarm === undefined) return failed('NO_SUCH_ALARM', `no alarm has the id ${alarmId}`)
    if (step.kind !== 'note' && alarm.state === 'closed')
      return failed('ALREADY_CLOSED', `the alarm ${alarmId} is closed: what is new about it can be a note`)
    if (step.kind !== 'note' && alarm.state === 'retracted')
      return failed('TAKEN_BACK', `late data have taken the alarm ${alarmId} back: nothing is left to do`)
    await publishCommand({ ...step, ...audit, commandId: randomUUID(), alarmId, at: now().toISOString() })
    return ok({ alarmId, state: stateAfter(step, alarm.state) })
  }
