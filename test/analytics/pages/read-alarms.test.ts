import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openAlarmReader } from '../../../src/analytics/pages/read-alarms.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { Alarm } from '../../../src/contracts/alarm.ts'
import type { Command } from '../../../src/contracts/command.ts'
import { batchOf, uuid } from '../films.ts'
import { useDatabase } from '../open-database.ts'

const database = useDatabase()

const alarmOf = (name: string, hour: number, more: Partial<Alarm> = {}): Alarm => ({
  alarmId: uuid(name),
  kind: 'clinic-clock',
  severity: 'warning',
  scope: 'lisbon',
  title: `alarm ${name}`,
  raisedAt: `2026-03-10T0${hour}:00:00.000Z`,
  evidence: { films: 3 },
  runbook: 'docs/runbook/clinic-clock.md',
  ...more,
})
const command = (name: string, minute: number) => ({
  commandId: uuid(name),
  who: 'operator',
  why: 'seen',
  at: `2026-03-10T12:0${minute}:00.000Z`,
})

test('alarms are read the latest first, each with what was done; one that is taken back is no alarm of its own', async () => {
  const { client } = database
  const commands: readonly Command[] = [
    { kind: 'close', ...command('c2', 2), alarmId: uuid('a'), cause: 'operation' },
    { kind: 'assign', ...command('c1', 1), alarmId: uuid('a'), to: 'physicist' },
    { kind: 'acknowledge', ...command('c3', 3), alarmId: uuid('b') },
    { kind: 'note', ...command('c4', 4), alarmId: uuid('nobody knows') },
  ]
  await createResultStore({ client }).write(
    batchOf({
      alarms: [
        alarmOf('a', 1),
        alarmOf('b', 2),
        alarmOf('c', 3),
        alarmOf('d', 4),
        alarmOf('late data', 5, { retracts: uuid('c') }),
      ],
      commands,
    }),
  )
  const reader = openAlarmReader(client)
  const alarms = await reader.readAlarms(10)
  assert.deepEqual(
    alarms.map(({ title, state, assignedTo, cause, steps }) => [
      title,
      state,
      assignedTo,
      cause,
      steps.length,
    ]),
    [
      ['alarm d', 'open', undefined, undefined, 0],
      ['alarm c', 'retracted', undefined, undefined, 0],
      ['alarm b', 'acknowledged', undefined, undefined, 1],
      ['alarm a', 'closed', 'physicist', 'operation', 2],
    ],
  )
  assert.equal((await reader.readAlarms(2)).length, 2)
  assert.equal((await reader.readAlarm(uuid('a')))?.state, 'closed')
  assert.equal(await reader.readAlarm('no id at all'), undefined)
})
