import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { endOf, isProvisional, windowName, windowNamed } from '../../src/monitor/windows.ts'

describe('windows', () => {
  test('have the names that ISO 8601 gives them, around the turn of a year too', () => {
    for (const [start, name] of [
      ['2026-10-05', '2026-W41'],
      ['2025-12-29', '2026-W01'],
      ['2026-12-28', '2026-W53'],
      ['2027-01-04', '2027-W01'],
    ] as const) {
      assert.equal(windowName({ kind: 'week', start }), name)
      assert.deepEqual(windowNamed(name), { kind: 'week', start })
    }
    assert.deepEqual(windowNamed('2026-10'), { kind: 'month', start: '2026-10-01' })
    assert.equal(windowName({ kind: 'month', start: '2026-10-01' }), '2026-10')
    for (const name of ['2026-13', '2025-W53', '2026-W00', 'October', '2026'])
      assert.equal(windowNamed(name), undefined)
  })

  test('are provisional until fourteen days after their end', () => {
    assert.equal(endOf({ kind: 'month', start: '2026-12-01' }), '2027-01-01')
    const week = { kind: 'week', start: '2026-10-05' } as const
    assert.equal(endOf(week), '2026-10-12')
    assert.equal(isProvisional(week, new Date('2026-10-25T23:59:59.999Z')), true)
    assert.equal(isProvisional(week, new Date('2026-10-26T00:00:00.000Z')), false)
  })
})
