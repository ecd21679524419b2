import { type ChildProcess, fork } from 'node:child_process'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { SetupError } from '../runtime/errors.ts'
import { makeFolder } from '../runtime/make-folder.ts'
import { isProcessAlive, signalProcess } from '../runtime/process-id.ts'
import { readTextIfThere } from './kept-file.ts'

/** How a service ended: its exit code, or the signal that ended it. */
export type ServiceEnd = { readonly code: number | null; readonly signal: string | null }

/** A service that ends when this process does. */
export type SupervisedProcess = {
  readonly pid: number
  /** Asks it to end and waits until it has. */
  readonly stop: () => Promise<void>
  /** Resolves when the service has ended; waiting for it does not keep this process alive. */
  readonly exited: Promise<ServiceEnd>
}

export type SupervisedOptions = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly logFile: string
  /** Where the supervisor writes which process the service is. */
  readonly processFile: string
}

const formerGraceMs = 25_000
const messageSchema = z.union([
  z.object({ started: z.object({ pid: z.int(), id: z.string() }) }),
  z.object({ failed: z.string() }),
  z.object({ ended: z.object({ code: z.int().nullable(), signal: z.string().nullable() }) }),
])

const cannotStart = (options: SupervisedOptions, why: string): SetupError =>
  new SetupError(
    'SERVICE_START_FAILED',
    `${options.name} cannot be started: ${why}`,
    `look into ${options.logFile}`,
  )

/**
 * Ends the service that a killed engine has left on this data folder: it may take its time to end, and as long as
 * it lives it holds the files and the port. Only the owner of the folder may call this.
 */
export const endFormer = async (processFile: string): Promise<void> => {
  const former = await readTextIfThere(processFile)
  if (former === undefined || !isProcessAlive(former)) return
  signalProcess(former, 'SIGTERM')
  signalProcess(former, 'SIGCONT')
  const until = performance.now() + formerGraceMs
  while (isProcessAlive(former)) {
    if (performance.now() > until) signalProcess(former, 'SIGKILL')
    await delay(50)
  }
}

/** Starts the supervisor in a session of its own; its own complaints go into the same log. */
const forkSupervisor = async (options: SupervisedOptions): Promise<ChildProcess> => {
  await makeFolder(dirname(options.logFile))
  const log = await open(options.logFile, 'a', 0o600)
  try {
    return fork(
      fileURLToPath(new URL('./supervise.ts', import.meta.url)),
      [options.logFile, options.processFile, options.command, ...options.args],
      { detached: true, execArgv: [], stdio: ['ignore', log.fd, log.fd, 'ipc'] },
    )
  } finally {
    await log.close()
  }
}

/** Starts a service under a supervisor. Throws SetupError SERVICE_START_FAILED. */
export const startSupervised = async (options: SupervisedOptions): Promise<SupervisedProcess> => {
  const supervisor = await forkSupervisor(options)
  const started = Promise.withResolvers<{ pid: number; id: string }>()
  let told: ServiceEnd | undefined
  supervisor.on('message', (message) => {
    const news = messageSchema.parse(message)
    if ('started' in news) started.resolve(news.started)
    else if ('failed' in news) started.reject(cannotStart(options, news.failed))
    else told = news.ended
  })
  supervisor.on('error', (error) => started.reject(cannotStart(options, error.message)))
  const ended = new Promise<ServiceEnd>((resolve) => {
    supervisor.on('exit', (code, signal) => resolve(told ?? { code, signal }))
  })
  void ended.then(({ code, signal }) =>
    started.reject(cannotStart(options, `it ended with ${signal ?? code}`)),
  )
  const { pid, id } = await started.promise
  // The engine may end while its services still run: the channel then closes, and they follow.
  supervisor.unref()
  supervisor.channel?.unref()
  const exited = ended.then((end) => {
    // A supervisor that was killed leaves the service alone; nobody else would end it.
    signalProcess(id, 'SIGKILL')
    return end
  })
  const isOver = (): boolean => supervisor.exitCode !== null || supervisor.signalCode !== null
  return {
    pid,
    exited,
    stop: async () => {
      if (!isOver()) {
        supervisor.ref()
        if (supervisor.connected) supervisor.send('stop')
      }
      await exited
    },
  }
}
