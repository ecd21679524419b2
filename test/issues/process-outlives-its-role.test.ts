import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { tempDir } from '../support/temp-dir.ts'

/** A role whose library still has a timer when everything has been stopped, as kafkajs's restarts are. */
const role = `
import { runRole } from ${JSON.stringify(new URL('../../src/cli/run-role.ts', import.meta.url).href)}
await runRole('tiny', { dataDir: process.argv[1] }, async ({ lifecycle }) => {
  if (process.argv[2] === 'failing') lifecycle.add('part', () => Promise.reject(new Error('cannot stop')))
  setInterval(() => {}, 1000)
  console.log('up')
})
`

for (const [how, expected] of [
  ['clean', 0],
  ['failing', 1],
] as const)
  test(`a process ends when its role has, whatever a library still has on its timers (${how} stop)`, async (t) => {
    const dataDir = await tempDir(t)
    const child = spawn(process.execPath, ['--input-type=module', '-e', role, dataDir, how], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    t.after(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    assert.equal(code, expected)
  })
