import { openProcess, type Process } from '../open-process.ts'
import { createStopSignal, stopWithin } from '../run-until-signal.ts'
import type { DataDir } from './options.ts'

/** Runs a service until a signal or a crash, and stops it within the grace period. */
export const runRole = async (
  name: string,
  options: DataDir,
  start: (process: Process, onCrash: (error: Error) => void) => Promise<void>,
): Promise<void> => {
  const opened = openProcess(name, options)
  const signal = createStopSignal(opened.logger)
  let crash: Error | undefined
  try {
    await start(opened, signal.crash)
    crash = await signal.requested
  } finally {
    await stopWithin(opened.lifecycle, opened.settings.gracePeriodS * 1000, opened.logger)
    signal.dispose()
  }
  if (crash !== undefined) throw crash
}

/** Runs a command that ends by itself, with its connections closed behind it. */
export const runOnce = async (
  name: string,
  options: DataDir,
  work: (process: Process) => Promise<void>,
): Promise<void> => {
  const opened = openProcess(name, { ...options, quiet: true })
  try {
    await work(opened)
  } finally {
    await opened.lifecycle.stop()
  }
}
