import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { isProcessAlive, type ProcessId, processIdOf } from '../../src/runtime/process-id.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** Every process below another one. */
const descendantsOf = (pid: number): number[] => {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]) === pid
      } catch {
        return false
      }
    })
    .map(Number)
  return [...children, ...children.flatMap(descendantsOf)]
}

/** `npm start -- sink` where no engine runs: it waits for one. */
const startBelowNpm = async (t: { after: (work: () => Promise<void>) => void }) => {
  const dataDir = await tempDir(t)
  const npm = spawn('npm', ['start', '--', 'sink', '--data-dir', dataDir], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OSTEOSTREAM_LOG_FORMAT: 'json' },
  })
  const ended = once(npm, 'exit')
  let said = ''
  npm.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await waitFor('the role', () => said.includes('services do not answer'), 60_000)
  const ids = descendantsOf(npm.pid ?? 0).flatMap((pid) => processIdOf(pid) ?? [])
  assert.ok(ids.length > 0)
  t.after(async () => {
    for (const id of ids.filter(isProcessAlive)) process.kill(Number(id.split('-')[0]), 'SIGKILL')
  })
  const areGone = (): boolean => !ids.some((id: ProcessId) => isProcessAlive(id))
  return { npm, ended, areGone, said: () => said }
}

// npm hands SIGTERM to its shell, which ended and left the engine, Kafka and ClickHouse to nobody.
test('SIGTERM to npm alone ends what it has started, once', async (t) => {
  const { npm, ended, areGone, said } = await startBelowNpm(t)
  npm.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
  await waitFor('the end of all of it', areGone)
  assert.ok(!said().includes('second signal'))
})

test('where npm is killed, what it has started ends by itself', async (t) => {
  const { npm, areGone } = await startBelowNpm(t)
  npm.kill('SIGKILL')
  await waitFor('the end of all of it', areGone)
})
