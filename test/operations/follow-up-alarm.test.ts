import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Alarm } from '../../src/contracts/alarm.ts'
import { type AlarmStep, alarmLifeOf } from '../../src/contracts/alarm-life.ts'
import type { Command } from '../../src/contracts/command.ts'
import { createFollowUpAlarm } from '../../src/operations/follow-up-alarm.ts'

const alarm: Alarm = {
  alarmId: '8f14e45f-ceea-467a-9b5c-2f6c1d2f7a10',
  kind: 'clinic-clock',
  severity: 'warning',
  scope: 'lisbon-1',
  title: 'a clock is wrong',
  raisedAt: '2026-03-10T09:00:00.000Z',
  evidence: { films: 3 },
  runbook: 'docs/runbook/clinic-clock.md',
}
const step = (did: AlarmStep['did'], minute: number, more: Partial<AlarmStep> = {}): AlarmStep => ({
  did,
  who: 'operator',
  why: 'seen',
  at: `2026-03-10T10:0${minute}:00.000Z`,
  ...more,
})

describe('an alarm', () => {
  test('stands as its steps leave it, whatever the order in which they are read', () => {
    const of = (steps: readonly AlarmStep[], retractedAt?: string) => alarmLifeOf(alarm, steps, retractedAt)
    const later = '2026-03-10T11:00:00.000Z'
    assert.equal(of([]).state, 'open')
    assert.equal(of([step('note', 1)]).state, 'open')
    assert.equal(of([step('acknowledge', 1)]).state, 'acknowledged')
    const done = [
      step('close', 4, { cause: 'operation' }),
      step('assign', 3, { to: 'physicist' }),
      step('acknowledge', 1),
      step('assign', 2, { to: 'registry' }),
    ]
    const closed = of(done)
    assert.deepEqual([closed.state, closed.assignedTo, closed.cause], ['closed', 'physicist', 'operation'])
    assert.deepEqual(
      closed.steps.map(({ did }) => did),
      ['acknowledge', 'assign', 'assign', 'close'],
    )
    assert.equal(of([step('acknowledge', 1)], later).state, 'retracted')
    assert.equal(of(done, later).state, 'closed', 'what a person closed stays closed')
    const again = { ...alarm, raisedAt: '2026-03-10T12:00:00.000Z' }
    assert.equal(
      alarmLifeOf(again, done, later).state,
      'open',
      'raised again after it was closed and taken back',
    )
  })

  const open = (steps: readonly AlarmStep[], retractedAt?: string) => {
    const sent: Command[] = []
    const followUp = createFollowUpAlarm({
      alarms: {
        readAlarm: async (id) => (id === alarm.alarmId ? alarmLifeOf(alarm, steps, retractedAt) : undefined),
      },
      publishCommand: async (command) => {
        sent.push(command)
      },
      now: () => new Date('2026-03-10T11:00:00.000Z'),
    })
    return { followUp, sent }
  }
  const audit = { who: 'operator', why: 'clock set right' }

  test('is followed up by a command that names who and why', async () => {
    const { followUp, sent } = open([])
    const outcome = await followUp(alarm.alarmId, { kind: 'close', cause: 'operation' }, audit)
    assert.deepEqual(outcome, { kind: 'ok', value: { alarmId: alarm.alarmId, state: 'closed' } })
    const [command] = sent
    assert.deepEqual(
      { ...command, commandId: 'any' },
      {
        commandId: 'any',
        kind: 'close',
        alarmId: alarm.alarmId,
        cause: 'operation',
        ...audit,
        at: '2026-03-10T11:00:00.000Z',
      },
    )
  })

  test('that is closed, taken back or unknown gets nothing but a note, and nothing is stored', async () => {
    const closed = open([step('close', 1, { cause: 'chance' })])
    const again = await closed.followUp(alarm.alarmId, { kind: 'acknowledge' }, audit)
    assert.equal(again.kind === 'failed' && again.code, 'ALREADY_CLOSED')
    assert.deepEqual(closed.sent, [])
    assert.equal((await closed.followUp(alarm.alarmId, { kind: 'note' }, audit)).kind, 'ok')
    const back = open([], '2026-03-10T10:30:00.000Z')
    const late = await back.followUp(alarm.alarmId, { kind: 'assign', to: 'registry' }, audit)
    assert.equal(late.kind === 'failed' && late.code, 'TAKEN_BACK')
    const unknown = await back.followUp('00000000-0000-4000-8000-000000000000', { kind: 'note' }, audit)
    assert.equal(unknown.kind === 'failed' && unknown.code, 'NO_SUCH_ALARM')
    assert.deepEqual(back.sent, [])
  })
})
