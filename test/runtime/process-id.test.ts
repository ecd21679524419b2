import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { isProcessAlive, processIdOf, signalProcess, thisProcessId } from '../../src/runtime/process-id.ts'
import { waitFor } from '../support/wait-for.ts'

describe('the id of a process', () => {
  test('is that of the very process: its number under another beginning is another one', () => {
    const id = thisProcessId()
    assert.match(id, /^\d+-[\da-z]+$/)
    assert.equal(processIdOf(process.pid), id)
    assert.ok(isProcessAlive(id))
    for (const other of [`${process.pid}-another`, '0-x', '-1-x', 'text', ''])
      assert.ok(!isProcessAlive(other))
  })

  test('a signal reaches the process and ends it; later ones reach nobody', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)))
    const id = processIdOf(child.pid ?? 0) ?? ''
    signalProcess(id.replace(/-.*/, '-another'), 'SIGKILL')
    assert.ok(isProcessAlive(id))
    signalProcess(id, 'SIGTERM')
    assert.equal(await ended, 'SIGTERM')
    assert.ok(!isProcessAlive(id))
    assert.equal(processIdOf(child.pid ?? 0), undefined)
    assert.doesNotThrow(() => signalProcess(id, 'SIGKILL'))
  })

  test('one that has ended and that nobody has collected is not alive', {
    skip: process.platform !== 'linux',
  }, async () => {
    // The shell starts a child that reads its input to the end, and becomes a program that never collects it.
    const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    await waitFor('the other program', () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n')
    parent.stdin.end()
    await waitFor('the end of the child', () => processIdOf(pid) === undefined)
    assert.doesNotThrow(() => process.kill(pid, 0), 'its number is still there')
    parent.kill('SIGKILL')
  })

  const python = spawnSync('python3', ['-c', 'import ctypes']).status === 0
  test('one whose first thread has ended lives as long as another of its threads', {
    skip: process.platform !== 'linux' || !python,
  }, async () => {
    const program = [
      'import ctypes, threading, time',
      'threading.Thread(target=lambda: time.sleep(60)).start()',
      'ctypes.CDLL(None).pthread_exit(None)',
    ]
    const child = spawn('python3', ['-c', program.join('\n')], { stdio: 'ignore' })
    const pid = child.pid ?? 0
    await waitFor('the end of its first thread', () =>
      readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '),
    )
    assert.ok(processIdOf(pid) !== undefined)
    child.kill('SIGKILL')
    await waitFor('its end', () => processIdOf(pid) === undefined)
  })
})
