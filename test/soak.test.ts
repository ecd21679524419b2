import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'

const root = resolve(import.meta.dirname, '..')
const soak = (...options: string[]) =>
  spawnSync(process.execPath, ['bench/soak.ts', ...options], { cwd: root, encoding: 'utf8' })

test('soak runs as many schedules as it is told and says so in one object', () => {
  const { status, stdout } = soak('--schedules', '6', '--seed', '9', '--json')
  assert.equal(status, 0)
  const said = z
    .object({ seed: z.literal(9), schedules: z.literal(6), counts: z.record(z.string(), z.number()) })
    .parse(JSON.parse(stdout))
  assert.ok((said.counts['assignments'] ?? 0) >= 12, 'each schedule has a screening process and a sink')
})

test('soak explains itself, and refuses what it does not understand', () => {
  assert.match(soak('--help').stdout, /--schedules N[\s\S]*Exit status/)
  for (const wrong of [
    ['--sed', '1'],
    ['--schedules', 'many'],
    ['--path', 'x'],
  ]) {
    const { status, stderr } = soak(...wrong)
    assert.equal(status, 2, wrong.join(' '))
    assert.match(stderr, /npm run soak -- --help/)
  }
})
