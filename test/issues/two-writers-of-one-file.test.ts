import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDurably } from '../../src/runtime/durable-file.ts'
import { tempDir } from '../support/temp-dir.ts'

// Both wrote to a temporary file named after the process, and the first to end took it away.
test('of many that make one file at once in one process, one makes it and none fails', async (t) => {
  const path = join(await tempDir(t), 'keys.json')
  const made = await Promise.all(
    Array.from({ length: 20 }, () => createDurably(path, new Uint8Array(50_000).fill(7))),
  )
  assert.equal(made.filter(Boolean).length, 1)
  assert.equal((await readFile(path)).length, 50_000)
})
