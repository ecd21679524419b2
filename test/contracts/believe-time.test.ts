import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { believeTime } from '../../src/contracts/believe-time.ts'

const limits = { epoch: '2020-01-01T00:00:00.000Z', spoolLimitMs: 30 * 24 * 3600 * 1000 }
const appendedAt = '2026-03-10T12:00:00.000Z'
const believed = (receivedAt: string, sentAt = receivedAt) =>
  believeTime({ receivedAt, sentAt, appendedAt }, limits)

test('a time that can be is believed, also of a film that has waited', () => {
  assert.deepEqual(believed('2026-03-10T11:59:00.000Z'), { believedAt: '2026-03-10T11:59:00.000Z' })
  assert.deepEqual(believed('2026-02-10T12:00:00.000Z'), { believedAt: '2026-02-10T12:00:00.000Z' })
  assert.equal(believed('2026-03-10T12:04:59.000Z').clockFault, undefined, 'clocks differ by minutes')
})

test('a clock that cannot be is flagged, and its own count of hours is still used', () => {
  assert.deepEqual(believed('1999-01-01T00:00:00.000Z', '1999-01-01T02:00:00.000Z'), {
    believedAt: '2026-03-10T10:00:00.000Z',
    clockFault: 'before-epoch',
  })
  assert.deepEqual(believed('2031-01-01T00:00:00.000Z', '2031-01-01T00:30:00.000Z'), {
    believedAt: '2026-03-10T11:30:00.000Z',
    clockFault: 'in-the-future',
  })
  assert.deepEqual(believed('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'), {
    believedAt: '2026-03-10T11:59:59.000Z',
    clockFault: 'older-than-the-spool',
  })
})

test('an age that cannot be leaves the time at which Kafka got the film', () => {
  assert.equal(believed('2031-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z').believedAt, appendedAt)
  assert.equal(believed('1999-01-01T00:00:00.000Z', '2026-03-10T12:00:00.000Z').believedAt, appendedAt)
})

test('it never throws, and what it believes is an instant not after the film came', () => {
  const any = fc
    .date({
      min: new Date('0001-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString())
  fc.assert(
    fc.property(any, any, (receivedAt, sentAt) => {
      const { believedAt, clockFault } = believed(receivedAt, sentAt)
      assert.equal(new Date(believedAt).toISOString(), believedAt)
      if (clockFault !== undefined) assert.ok(believedAt <= appendedAt)
    }),
    { seed: 11, numRuns: 1000 },
  )
})
