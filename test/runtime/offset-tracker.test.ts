import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createOffsetTracker } from '../../src/runtime/offset-tracker.ts'

test('the committable offset never passes a record in work', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 60 }), fc.nat({ max: 30 }), (finishes, count) => {
      const tracker = createOffsetTracker()
      const open = new Set<number>()
      for (let offset = 0; offset < count; offset += 1) {
        tracker.begin(BigInt(offset))
        open.add(offset)
      }
      for (const offset of finishes) {
        tracker.finish(BigInt(offset))
        open.delete(offset)
        const expected = open.size > 0 ? Math.min(...open) : count
        const committable = tracker.committable()
        assert.equal(committable, count === 0 ? undefined : BigInt(expected))
      }
      assert.equal(tracker.unfinished(), open.size)
    }),
    { seed: 7 },
  )
})

test('an offset is offered for commit once', () => {
  const tracker = createOffsetTracker()
  tracker.begin(5n)
  tracker.finish(5n)
  assert.equal(tracker.committable(), 6n)
  tracker.committed(6n)
  assert.equal(tracker.committable(), undefined)
})
