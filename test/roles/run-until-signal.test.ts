import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '..', '..')

/** A process that waits for its signal, then for something that never stops; told how long that may take. */
const program = (graceMs: number): string => `
  import { createStopSignal, stopWithin } from './src/roles/run-until-signal.ts'
  import { createLifecycle } from './src/runtime/lifecycle.ts'
  import { silentLogger } from './src/runtime/logger.ts'
  const lifecycle = createLifecycle(silentLogger)
  lifecycle.add('what never stops', () => new Promise(() => setInterval(() => {}, 1000)))
  const signal = createStopSignal(silentLogger)
  setInterval(() => {}, 1000)
  process.stdout.write('up')
  await signal.requested
  process.stdout.write('stopping')
  await stopWithin(lifecycle, ${graceMs}, silentLogger)
`

const start = async (t: { after: (work: () => void) => void }, graceMs: number) => {
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program(graceMs)]
  const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  const signalled = async () => {
    child.kill('SIGTERM')
    await once(child.stdout, 'data')
  }
  await once(child.stdout, 'data')
  return { child, ended, signalled }
}

test('what has not stopped when the grace period is over is cut off', async (t) => {
  const { ended, signalled } = await start(t, 100)
  await signalled()
  assert.deepEqual(await ended, [null, 'SIGKILL'])
})

test('a second signal ends the process at once', async (t) => {
  const { child, ended, signalled } = await start(t, 600_000)
  await signalled()
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [null, 'SIGKILL'])
})
