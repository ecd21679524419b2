import { fork } from 'node:child_process'
import { mkdir, open, stat, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { SetupError } from '../runtime/errors.ts'

/** A service that ends when this process does. */
export type SupervisedProcess = {
  readonly pid: number
  /** Asks it to end and waits until it has. */
  readonly stop: () => Promise<void>
  readonly kill: (signal: NodeJS.Signals) => void
  /** Resolves when the service has ended, with its exit code. */
  readonly exited: Promise<number>
}

export type SupervisedOptions = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly logFile: string
  readonly environment?: Readonly<Record<string, string>>
}

const messageSchema = z.union([z.object({ pid: z.int() }), z.object({ error: z.string() })])
const largestLogBytes = 20 * 1024 * 1024

const openLog = async (file: string) => {
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'a')
  if ((await stat(file)).size > largestLogBytes) await truncate(file)
  return handle
}

const cannotStart = (options: SupervisedOptions, why: string): SetupError =>
  new SetupError(
    'SERVICE_START_FAILED',
    `${options.name} cannot be started: ${why}`,
    `look into ${options.logFile}`,
  )

/** Starts a service under a supervisor in a process group of its own. Throws SetupError SERVICE_START_FAILED. */
export const startSupervised = async (options: SupervisedOptions): Promise<SupervisedProcess> => {
  const log = await openLog(options.logFile)
  const supervisor = fork(
    fileURLToPath(new URL('./supervise.ts', import.meta.url)),
    [options.command, ...options.args],
    {
      detached: true,
      execArgv: [],
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      ...(options.environment === undefined ? {} : { env: options.environment }),
    },
  )
  const exited = new Promise<number>((resolve) => {
    supervisor.on('exit', (code) => resolve(code ?? 1))
  })
  await log.close()
  const pid = await new Promise<number>((resolve, reject) => {
    supervisor.once('message', (message) => {
      const told = messageSchema.parse(message)
      if ('pid' in told) resolve(told.pid)
      else reject(cannotStart(options, told.error))
    })
    supervisor.once('error', (error) => reject(cannotStart(options, error.message)))
    void exited.then((code) => reject(cannotStart(options, `it ended with ${code}`)))
  })
  // The engine may end while its services still run: the channel then closes, and they follow.
  supervisor.unref()
  supervisor.channel?.unref()
  return {
    pid,
    exited,
    kill: (signal) => void process.kill(pid, signal),
    stop: async () => {
      if (supervisor.exitCode !== null) return
      supervisor.ref()
      if (supervisor.connected) supervisor.send('stop')
      await exited
    },
  }
}
