/** Processes of the engine as users start them, looked at from outside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const cli = join(resolve(import.meta.dirname, '..'), 'src', 'cli', 'main.ts')
/** `/proc` counts in hundredths of a second on every Linux that Node runs on. */
const ticksPerS = 100

/** CPU seconds that a process has used, in all its threads. */
export const cpuSecondsOf = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold spaces; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerS
}

/** Resident memory of a process in megabytes. */
export const residentMb = async (pid: number): Promise<number> => {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) / 1024
}

/** Descriptors that a process has open. */
export const descriptorsOf = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length

export type RoleProcessOptions = {
  readonly role: 'screen' | 'sink'
  readonly dataDir: string
  /** The one core that it may use; any where not given. */
  readonly core?: number
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts a screening process or a sink. */
export const startRole = ({ role, dataDir, core, environment }: RoleProcessOptions) => {
  const run = [process.execPath, cli, role, '--data-dir', dataDir]
  const [command = '', ...args] = core === undefined ? run : ['taskset', '-c', String(core), ...run]
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, OSTEOSTREAM_LOG_LEVEL: 'warn', ...environment },
  })
  // A measure that fails leaves nothing behind.
  process.once('exit', () => child.kill('SIGKILL'))
  return {
    // taskset becomes what it starts: the process id stays.
    pid: child.pid ?? 0,
    requireUp: (): void => {
      if (child.exitCode !== null) throw new Error(`the ${role} process ended with ${child.exitCode}`)
    },
    stop: async (): Promise<void> => {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
export type RoleProcess = ReturnType<typeof startRole>
