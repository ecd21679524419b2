import { isProcessAlive, thisProcessId } from '../runtime/process-id.ts'

/** Who writes into a folder of the spool, and how to tell whether another owner is still alive. */
export type SpoolOwner = {
  /** Digits, letters and hyphens: the name of the owner's folder. */
  readonly id: string
  readonly isAlive: (id: string) => boolean
}

/** This process as an owner of spooled films. */
export const thisProcess = (): SpoolOwner => ({
  id: thisProcessId(),
  isAlive: isProcessAlive,
})
