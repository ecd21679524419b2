import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isFree } from '../../src/embedded/free-port.ts'
import type { ServicePlan } from '../../src/embedded/launch-service.ts'
import { runService } from '../../src/embedded/run-service.ts'
import { endFormer } from '../../src/embedded/supervised-process.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { isProcessAlive, processIdOf } from '../../src/runtime/process-id.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'
import { parentOf } from './parent-of.ts'
import { tinyPlan } from './tiny-plan.ts'

type Cleaner = { after: (work: () => Promise<void>) => void }

const run = async (t: Cleaner, plan: ServicePlan) => {
  const givenUp = Promise.withResolvers<Error>()
  const service = await runService(plan, { logger: silentLogger, onGiveUp: givenUp.resolve })
  undoAfter(t)(service.stop)
  return { service, givenUp: givenUp.promise }
}

/** An engine in a process of its own, with its service up. */
const startOwner = async (t: Cleaner, folder: string) => {
  const file = fileURLToPath(new URL('./tiny-owner.ts', import.meta.url))
  const owner = spawn(process.execPath, [file, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(async () => void owner.kill('SIGKILL'))
  await new Promise((resolve) => owner.stdout.once('data', resolve))
  return owner
}

describe('a service that runs', () => {
  test('killed, or its supervisor killed, comes back on the same port as another process', async (t) => {
    const plan = await tinyPlan(await tempDir(t))
    const { service } = await run(t, plan)
    for (const victim of [(pid: number) => pid, parentOf]) {
      const before = service.pid()
      const id = processIdOf(before) ?? ''
      process.kill(victim(before), 'SIGKILL')
      await waitFor('another process', () => service.pid() !== before)
      assert.ok(!isProcessAlive(id), 'of two processes on one folder, one would have to go')
      await plan.ask()
    }
  })

  test('that does not stay up is given up after five times, with what to do', async (t) => {
    const plan = await tinyPlan(await tempDir(t), 'frail')
    const { service, givenUp } = await run(t, plan)
    const error = await givenUp
    assert.equal('code' in error && error.code, 'SERVICE_KEEPS_FAILING')
    assert.match(error.message, /^The service does not stay up and is not started again: it ended with 7$/)
    const starts = (await readFile(plan.logFile, 'utf8')).match(/listening/g)
    assert.equal(starts?.length, 5)
    await service.stop()
    assert.ok(await isFree(plan.port))
  })

  test('that lives behind a closed port is ended and started again', async (t) => {
    const watch = { everyMs: 20, mostRefusals: 3, longestSilenceMs: 60_000 }
    const plan = { ...(await tinyPlan(await tempDir(t))), watch }
    const { service } = await run(t, plan)
    const before = service.pid()
    process.kill(before, 'SIGUSR2')
    await waitFor('another process', () => service.pid() !== before)
    await plan.ask()
  })

  test('that is given up for want of space says so', async (t) => {
    const { givenUp } = await run(t, await tinyPlan(await tempDir(t), 'full'))
    const error = await givenUp
    assert.equal('code' in error && error.code, 'DISK_FULL')
    assert.match(error.message, /is full$/)
  })

  test('stops once and for good: while it runs, frozen, or about to be started again', async (t) => {
    for (const signal of [undefined, 'SIGSTOP', 'SIGKILL'] as const) {
      const plan = await tinyPlan(await tempDir(t))
      const { service } = await run(t, plan)
      const id = processIdOf(service.pid()) ?? ''
      if (signal !== undefined) process.kill(service.pid(), signal)
      await Promise.all([service.stop(), service.stop()])
      assert.ok(!isProcessAlive(id))
      assert.ok(await isFree(plan.port))
    }
  })

  test('that cannot start says why: its last words, its port, its command', async (t) => {
    const failing = await tinyPlan(await tempDir(t), 'fail')
    await assert.rejects(run(t, failing), {
      code: 'SERVICE_START_FAILED',
      message: /^The service did not start: it ended with 3; its last words: the last words$/,
    })
    const plan = await tinyPlan(await tempDir(t))
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(plan.port, '127.0.0.1', resolve))
    await assert.rejects(run(t, plan), { code: 'PORT_IN_USE', remedy: /OSTEOSTREAM_KAFKA_PORT/ })
    await new Promise((resolve) => blocker.close(resolve))
    await assert.rejects(run(t, { ...plan, command: '/none' }), {
      code: 'SERVICE_START_FAILED',
      message: /ENOENT/,
    })
  })
})

describe('a service whose engine is killed', () => {
  test('ends', async (t) => {
    const folder = await tempDir(t)
    const plan = await tinyPlan(folder)
    const owner = await startOwner(t, folder)
    const id = await readFile(plan.processFile, 'utf8')
    assert.ok(isProcessAlive(id))
    owner.kill('SIGKILL')
    await waitFor('its end', () => !isProcessAlive(id))
  })

  test('and whose supervisor is killed too is ended by the next start', async (t) => {
    const folder = await tempDir(t)
    const plan = await tinyPlan(folder)
    const owner = await startOwner(t, folder)
    const id = await readFile(plan.processFile, 'utf8')
    // Frozen, the engine cannot end what its supervisor leaves alone.
    owner.kill('SIGSTOP')
    process.kill(parentOf(Number(id.split('-')[0])), 'SIGKILL')
    owner.kill('SIGKILL')
    await waitFor('the end of the engine', () => owner.signalCode !== null)
    assert.ok(isProcessAlive(id))
    const { service } = await run(t, plan)
    assert.ok(!isProcessAlive(id))
    assert.notEqual(await readFile(plan.processFile, 'utf8'), id)
    await service.stop()
    await endFormer(plan.processFile)
  })
})
