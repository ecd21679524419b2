/**
 * Runs one service for an engine: `node supervise.ts COMMAND [ARG …]`. It stands between the two so that the
 * service ends when the engine does, however the engine ended, and so that Ctrl-C in a terminal reaches the
 * engine alone, which then stops its services last.
 */
import { spawn } from 'node:child_process'

const [command, ...rest] = process.argv.slice(2)
if (command === undefined) throw new Error('supervise needs a command')
const graceMs = 20_000
const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] })
const stop = (): void => {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref()
}
child.on('spawn', () => process.send?.({ pid: child.pid }))
child.on('error', (error) => {
  process.send?.({ error: error.message })
  process.exitCode = 127
})
child.on('exit', (code) => process.exit(code ?? 1))
process.on('message', stop)
process.on('disconnect', stop)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
