import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runChaos } from './run-chaos.ts'

test('300 films and 12 faults: the ledger balances and every business column equals an undisturbed run', {
  timeout: 540_000,
}, async (t) => {
  const report = await runChaos({
    studies: 300,
    kills: 12,
    seed: 1,
    filmSize: 256,
    freezeMs: 12_000,
    sessionTimeoutMs: 10_000,
    onProgress: (message) => {
      if (!message.includes('films sent')) t.diagnostic(message)
    },
  })
  assert.deepEqual(report.broken, [], JSON.stringify({ ...report, ledger: undefined }, null, 2))
  assert.equal(report.ledger.received, 300)
  assert.ok(report.ledger.findings > 150, 'films were screened')
  assert.equal(
    report.faults.reduce((sum, { times }) => sum + times, 0),
    12,
  )
})
