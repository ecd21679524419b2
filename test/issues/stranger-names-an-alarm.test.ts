import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSenderAlarm } from '../../src/consumers/sender-alarm.ts'
import type { Alarm } from '../../src/contracts/alarm.ts'
import type { DeadLetterCode } from '../../src/contracts/reasons.ts'
import type { Verdict } from '../../src/contracts/verdict.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { at, deadLetter, unattributedOf } from '../analytics/films.ts'

const claiming = (code: DeadLetterCode, siteId: string, offset: number): Verdict => {
  const outcome = deadLetter(code)
  assert.ok(outcome.kind === 'deadLettered')
  return {
    ...unattributedOf(at(offset), code),
    outcome: { ...outcome, headers: { ce_siteid: siteId } },
  } as Verdict
}

const listen = () => {
  const alarms: Alarm[] = []
  const note = createSenderAlarm({
    isRegistered: (siteId) => siteId === 'lisbon',
    alarms: { raise: async (alarm) => void alarms.push(alarm) },
    logger: silentLogger,
    now: () => new Date('2026-03-10T12:00:00.000Z'),
  })
  return { note, alarms }
}

// A record that stood in a wrong place was named under whatever site it claimed: the registry had not been asked yet.
for (const code of ['RECORD_MISPLACED', 'ATTEMPT_NOT_VOUCHED', 'SITE_UNKNOWN'] as const)
  test(`a stranger makes one alarm, and not under a name of its choice: ${code}`, () => {
    const { note, alarms } = listen()
    for (const [offset, name] of ['miller-john-1950', 'porto', ''].entries())
      note(claiming(code, name, offset))
    assert.deepEqual(
      alarms.map(({ kind, scope }) => [kind, scope]),
      [['unverified-records', 'unregistered senders']],
    )
    assert.doesNotMatch(JSON.stringify(alarms), /miller|porto/)
  })

test('records that are not believed are named under the site that they claim where it is registered', () => {
  const { note, alarms } = listen()
  for (const offset of [1, 2]) note(claiming('RECORD_MISPLACED', 'lisbon', offset))
  note(claiming('SITE_SIGNATURE_INVALID', 'lisbon', 3))
  assert.deepEqual(
    alarms.map(({ scope, title }) => [scope, title]),
    [
      ['lisbon', 'lisbon: records on a partition or lane that is not that of their film'],
      ['lisbon', 'lisbon: records under a signature that does not hold'],
    ],
  )
})
