import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDegradedWatch } from '../../src/roles/watch-degraded.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { createVirtualClock } from '../support/simulated-broker/clock.ts'
import { quietTelemetry } from '../support/simulated-broker/quiet-telemetry.ts'

test('what is missing is told where it lasts, once until it is there again', async () => {
  const clock = createVirtualClock()
  const raised: string[] = []
  const watch = createDegradedWatch({
    every: clock.lane().every,
    uptimeMs: clock.nowMs,
    raise: async ({ severity, evidence }) => void raised.push(`${severity} ${evidence['what']}`),
    logger: silentLogger,
    telemetry: quietTelemetry,
    worker: 'here:1',
  })
  let detail: string | undefined
  watch.watch('no-worker', () => detail)
  const pass = (ms: number) => clock.run(() => false, clock.nowMs() + ms)
  detail = 'none'
  await pass(30_000)
  detail = undefined
  await pass(10_000)
  assert.deepEqual(raised, [], 'a worker is replaced now and then')
  detail = 'none'
  await pass(600_000)
  assert.deepEqual(raised, ['critical no-worker'])
  detail = undefined
  await pass(10_000)
  detail = 'none'
  await pass(600_000)
  assert.equal(raised.length, 2)
})
