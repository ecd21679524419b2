import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRestartPolicy } from '../../src/embedded/restart-policy.ts'

describe('the restart policy', () => {
  test('waits longer each time, and gives up at the fifth failure in a row', () => {
    const afterEnd = createRestartPolicy()
    assert.deepEqual(
      [0, 19_999, 0, 0, 0].map((readyForMs) => afterEnd(readyForMs)),
      [250, 500, 1000, 2000, undefined],
    )
  })

  test('a service that lasted has come back: counting begins anew, however often it is killed', () => {
    const afterEnd = createRestartPolicy()
    afterEnd(0)
    afterEnd(0)
    for (let kill = 0; kill < 100; kill += 1) assert.equal(afterEnd(20_000), 250)
  })
})
