import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keepTrying, realPause } from '../../src/runtime/keep-trying.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

/** Fails so often, and then answers; the waits are noted instead of waited. */
const failing = (times: number) => {
  const waits: number[] = []
  let attempts = 0
  const work = async (): Promise<string> => {
    attempts += 1
    if (attempts <= times) throw new Error('not yet')
    return 'done'
  }
  const options = {
    what: 'trying again',
    logger: silentLogger,
    pause: async (ms: number) => void waits.push(ms),
  }
  return { waits, work, options, attempts: () => attempts }
}

describe('trying again', () => {
  test('goes on until it succeeds, with waits that double up to the longest', async () => {
    const loop = failing(7)
    const answer = await keepTrying(loop.work, { ...loop.options, isWanted: () => true })
    assert.deepEqual(answer, { value: 'done' })
    assert.deepEqual(loop.waits, [200, 400, 800, 1600, 3200, 5000, 5000])
    const clinic = failing(7)
    await keepTrying(clinic.work, { ...clinic.options, isWanted: () => true, longestWaitMs: 10_000 })
    assert.deepEqual(clinic.waits.slice(-2), [6400, 10_000])
  })

  test('gives up before an attempt that nobody wants any more', async () => {
    const loop = failing(7)
    const answer = await keepTrying(loop.work, { ...loop.options, isWanted: () => loop.attempts() < 3 })
    assert.equal(answer, undefined)
    assert.equal(loop.attempts(), 3)
    assert.equal(await keepTrying(loop.work, { ...loop.options, isWanted: () => false }), undefined)
    assert.equal(loop.attempts(), 3)
  })

  test('a pause ends with its signal', async () => {
    const ending = new AbortController()
    const paused = realPause(3_600_000, ending.signal)
    ending.abort()
    await paused
    await realPause(3_600_000, ending.signal)
  })
})
