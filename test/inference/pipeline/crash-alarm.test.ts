import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alarm } from '../../../src/contracts/alarm.ts'
import { createCrashAlarm } from '../../../src/inference/pipeline/crash-alarm.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'

test('raises one alarm when five workers die within ten minutes, and is quiet for the next ten', async () => {
  const raised: Alarm[] = []
  let minute = 0
  const crashed = createCrashAlarm({
    alarms: {
      raise: async (alarm) => {
        raised.push(alarm)
      },
    },
    logger: silentLogger,
    now: () => new Date(Date.UTC(2026, 2, 10, 10, minute)),
  })
  const dieAt = async (minutes: readonly number[]): Promise<number> => {
    for (minute of minutes) await crashed({ kind: 'timed-out', detail: 'no answer' })
    return raised.length
  }
  assert.equal(await dieAt([0, 3, 6, 9, 12, 15]), 0, 'four in ten minutes are single films')
  assert.equal(await dieAt([16, 17]), 1)
  assert.equal(await dieAt([18, 19, 25, 26]), 1, 'told once')
  assert.equal(await dieAt([27]), 2, 'it goes on')
  assert.deepEqual(raised[0]?.evidence, { crashes: 5, minutes: 10, last: 'timed-out', detail: 'no answer' })
})
