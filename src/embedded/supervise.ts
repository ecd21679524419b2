/**
 * Runs one service for an engine: `node supervise.ts LOG PROCESS COMMAND [ARG …]`. It stands between the two so that
 * the service ends when the engine does, however the engine ended, and so that Ctrl-C in a terminal reaches the
 * engine alone, which then stops its services last. It keeps the service's log, and writes into the file PROCESS which
 * process the service is: should it be killed itself, the next start finds what it has left behind.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { serviceEnvironment } from '../runtime/config.ts'
import { processIdOf } from '../runtime/process-id.ts'
import { openRotatingLog } from './rotating-log.ts'

const [logFile, processFile, command, ...rest] = process.argv.slice(2)
if (logFile === undefined || processFile === undefined || command === undefined)
  throw new Error('supervise needs a log file, a process file and a command')
const graceMs = 20_000
const drainMs = 1000
const largestLogBytes = 10 * 1024 * 1024

// The engine may have died while this process was starting: then nobody hears `disconnect` any more.
if (!process.connected) process.exit(1)

const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: serviceEnvironment() })
const append = openRotatingLog(logFile, largestLogBytes)
child.stdout.on('data', append)
child.stderr.on('data', append)

let stopping = false
const stop = (): void => {
  if (stopping) return
  stopping = true
  child.kill('SIGTERM')
  // A service that was frozen cannot hear the first one.
  child.kill('SIGCONT')
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref()
}
const tell = (message: object, then: () => void): void => {
  if (process.connected && process.send !== undefined) process.send(message, then)
  else then()
}

child.on('spawn', () => {
  const { pid } = child
  const id = pid === undefined ? undefined : processIdOf(pid)
  if (id === undefined) return
  writeFileSync(processFile, id, { mode: 0o600 })
  tell({ started: { pid, id } }, () => {})
})
child.on('error', (error) => tell({ failed: error.message }, () => process.exit(127)))
child.on('exit', (code, signal) => {
  const leave = (): void => tell({ ended: { code, signal } }, () => process.exit(code ?? 1))
  // What it wrote last may still be in the pipes; whoever it handed them to may keep them open.
  child.on('close', leave)
  setTimeout(leave, drainMs)
})
process.on('message', stop)
process.on('disconnect', stop)
// Whatever ends this process, short of a SIGKILL, must not leave the service alone.
process.on('exit', () => child.kill('SIGKILL'))
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
