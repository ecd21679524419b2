import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { readOracle } from './oracles/oracle.ts'

const script = join(import.meta.dirname, 'oracles', 'record.py')
const imports = 'import numpy, scipy, sklearn, statsmodels'

/** The system's Python as well as the first on the path: the modules often come with the former only. */
const findPython = (): string | undefined =>
  ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', imports], { timeout: 60_000 }).status === 0,
  )

/** Optimisers stop within their own tolerance; all else must agree to 1e-9. */
const loose = /mix_from|temperature|loss_after|misfit|nearest/

const compare = (actual: unknown, expected: unknown, path: string): void => {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const tolerance = (loose.test(path) ? 1e-5 : 1e-9) * Math.max(1, Math.abs(expected))
    assert.ok(Math.abs(actual - expected) <= tolerance, `${path}: ${actual} recorded as ${expected}`)
    return
  }
  if (expected === null || typeof expected !== 'object' || actual === null || typeof actual !== 'object') {
    assert.deepEqual(actual, expected, path)
    return
  }
  const now = new Map(Object.entries(actual))
  const before = Object.entries(expected)
  assert.equal(now.size, before.length, path)
  for (const [key, value] of before) compare(now.get(key), value, `${path}.${key}`)
}

test('python answers today what was recorded', (t) => {
  const python = findPython()
  if (python === undefined) {
    t.skip(`SKIPPED: no python3 with ${imports.slice(7)}; recorded answers stay unchecked`)
    return
  }
  const found = spawnSync(python, ['-B', script], { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 120_000 })
  assert.equal(found.status, 0, found.stderr)
  const answers: Record<string, unknown> = JSON.parse(found.stdout)
  assert.ok(Object.keys(answers).length >= 9)
  for (const [topic, answer] of Object.entries(answers)) compare(answer, readOracle(topic), topic)
})
