import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureWorkLeft } from '../../src/cli/measure-work-left.ts'

/** `demo --exit` measured an empty log, all films were sent meanwhile, and it ended before one of them was read. */
test('films that are sent while the backlog is measured are not taken for read', async () => {
  let sent = 0
  const areAllSent = () => sent === 24
  const first = await measureWorkLeft(areAllSent, async () => {
    const backlog = { unscreened: sent, unsunk: 0 }
    sent = 24
    return backlog
  })
  assert.deepEqual(first, { backlog: { unscreened: 0, unsunk: 0 }, isDone: false })
  const second = await measureWorkLeft(areAllSent, async () => ({ unscreened: 24, unsunk: 0 }))
  assert.equal(second.isDone, false)
  const rows = await measureWorkLeft(areAllSent, async () => ({ unscreened: 0, unsunk: 1 }))
  assert.equal(rows.isDone, false)
  const last = await measureWorkLeft(areAllSent, async () => ({ unscreened: 0, unsunk: 0 }))
  assert.equal(last.isDone, true)
})
