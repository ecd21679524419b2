import { appendFileSync, renameSync, statSync } from 'node:fs'
import { systemCodeOf } from '../runtime/errors.ts'

const full = new Set(['ENOSPC', 'EDQUOT'])

/**
 * Appends to a log file, in a folder that is there, and keeps it below a size in bytes: a full one becomes `FILE.1`, whose predecessor goes.
 * Synchronous, so that the last words of a service that dies are there when somebody looks. Where the disk is
 * full, words are lost: the service may still have work that it can do.
 */
export const openRotatingLog = (file: string, largestBytes: number): ((chunk: Uint8Array) => void) => {
  let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return (chunk) => {
    if (bytes > 0 && bytes + chunk.byteLength > largestBytes) {
      renameSync(file, `${file}.1`)
      bytes = 0
    }
    try {
      appendFileSync(file, chunk, { mode: 0o600 })
      bytes += chunk.byteLength
    } catch (error) {
      if (!full.has(systemCodeOf(error) ?? '')) throw error
    }
  }
}
