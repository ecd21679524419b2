import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { systemCodeOf } from './errors.ts'

/**
 * One process, told from every later one that gets its number: containers and reboots hand the same few numbers
 * out again and again. Digits, letters and a hyphen: the number, then the boot and the clock tick at which the
 * process began, or `unknown` where the system does not tell (other than Linux).
 */
export type ProcessId = string

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Field 20 of the line, the 18th after the name. */
const threadsField = 17

/**
 * A process that has ended but that nobody has collected yet. The first thread of a process that is ending may have
 * gone while others still hold its files and ports: that one has not ended.
 */
const hasEnded = (fields: readonly string[]): boolean =>
  (fields[0] === 'Z' || fields[0] === 'X') && Number(fields[threadsField]) <= 1

/** Field 22 of the line, the 20th after the name, which may itself hold blanks and brackets. */
const beganField = 19

const beginningOf = (pid: number): string | undefined => {
  const fields = textOf(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  const boot = textOf('/proc/sys/kernel/random/boot_id')?.slice(0, 8)
  if (boot === undefined) return 'unknown'
  return fields === undefined || hasEnded(fields) ? undefined : `${boot}t${fields[beganField]}`
}

const answersSignals = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}

const pidOf = (id: ProcessId): number => {
  const pid = Number(id.split('-')[0])
  return Number.isInteger(pid) && pid > 0 ? pid : 0
}

/** The id of a process that lives; undefined for one that does not. */
export const processIdOf = (pid: number): ProcessId | undefined => {
  const began = answersSignals(pid) ? beginningOf(pid) : undefined
  return began === undefined ? undefined : `${pid}-${began}`
}

/** The id of this process. */
export const thisProcessId = (): ProcessId => processIdOf(process.pid) ?? `${process.pid}-unknown`

/** Whether the very process of this id still lives; false for a text that is no id. */
export const isProcessAlive = (id: ProcessId): boolean => pidOf(id) > 0 && processIdOf(pidOf(id)) === id

/** Sends a signal to the very process of this id; does nothing when it has ended. */
export const signalProcess = (id: ProcessId, signal: NodeJS.Signals): void => {
  if (!isProcessAlive(id)) return
  try {
    process.kill(pidOf(id), signal)
  } catch (error) {
    if (systemCodeOf(error) !== 'ESRCH') throw error
  }
}

/** What people call this process: its machine, or its pod, and its number. */
export const processName = (): string => `${hostname()}:${process.pid}`
