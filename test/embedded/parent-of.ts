import { readFileSync } from 'node:fs'

/** The number of a process's parent: a service's supervisor. */
export const parentOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
