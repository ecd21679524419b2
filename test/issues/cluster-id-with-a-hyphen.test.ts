import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newClusterId } from '../../src/embedded/start-kafka.ts'

// One start in 64 failed: kafka-storage took the cluster id for an option.
test('a cluster id never begins with a hyphen', () => {
  const drawn = [Buffer.alloc(16, 0xf8), Buffer.alloc(16, 0xfb), Buffer.alloc(16, 1)]
  assert.ok(drawn[0]?.toString('base64url').startsWith('-'))
  const id = newClusterId(() => drawn.shift() ?? Buffer.alloc(16))
  assert.equal(id, Buffer.alloc(16, 1).toString('base64url'))
})
