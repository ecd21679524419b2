import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

test('the flag with which heaps may grow is one that this V8 knows and takes late', () => {
  const { stdout } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
  assert.match(stdout, /--heap-growing-percent /)
  const url = new URL('../../src/runtime/heap-growth.ts', import.meta.url).href
  const program = `import { letHeapGrow } from ${JSON.stringify(url)}; letHeapGrow()`
  const late = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  assert.deepEqual([late.status, late.stderr], [0, ''])
})
