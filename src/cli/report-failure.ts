import { SetupError } from '../runtime/errors.ts'
import { writeError } from './write-output.ts'

/** Tells a person what is wrong and what to do; exit status 2 for what they can cure, 1 for a fault of ours. */
export const reportFailure = (error: unknown): void => {
  if (error instanceof SetupError) {
    writeError(`${error.code}: ${error.message}\n  remedy: ${error.remedy}`)
    process.exitCode = 2
    return
  }
  writeError(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
}
