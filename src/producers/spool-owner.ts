import { readFileSync } from 'node:fs'
import { systemCodeOf } from '../runtime/errors.ts'

/** Who writes into a folder of the spool, and how to tell whether another owner is still alive. */
export type SpoolOwner = {
  /** Digits, letters and hyphens: the name of the owner's folder. */
  readonly id: string
  readonly isAlive: (id: string) => boolean
}

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * When a process began, where the system tells (Linux): a number that is used again after a restart must
 * not pass for the process that died.
 */
const beginningOf = (pid: number): string => {
  const afterName = textOf(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  const boot = textOf('/proc/sys/kernel/random/boot_id')?.slice(0, 8)
  // Field 22 of the line, the 20th after the name: clock ticks from boot to the start of the process.
  const ticks = afterName?.[19]
  return ticks === undefined || boot === undefined ? 'unknown' : `${boot}t${ticks}`
}

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}

const idOf = (pid: number): string => `${pid}-${beginningOf(pid)}`

/** This process as an owner of spooled films. */
export const thisProcess = (): SpoolOwner => ({
  id: idOf(process.pid),
  isAlive: (id) => {
    const pid = Number(id.split('-')[0])
    return Number.isInteger(pid) && pid > 0 && exists(pid) && idOf(pid) === id
  },
})
