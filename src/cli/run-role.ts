import { openLastingProcess, openProcess, type Process } from '../roles/open-process.ts'
import { createStopSignal, stopWithin } from '../roles/run-until-signal.ts'
import type { DataDir } from './options.ts'

/**
 * Everything that was started has been stopped. What a library still has on its timers (kafkajs restarts a consumer
 * that failed a moment before it was stopped) must neither keep the process nor let it join its group again.
 */
const leaveSoon = (): void => {
  setTimeout(() => process.exit(), leaveAfterMs).unref()
}
const leaveAfterMs = 500

/** Runs a service until a signal or a crash, and stops it within the grace period. */
export const runRole = async (
  name: string,
  options: DataDir,
  start: (process: Process, onCrash: (error: Error) => void) => Promise<void>,
): Promise<void> => {
  const opened = await openLastingProcess(name, options)
  const hasStarted = opened.health.mustHappen('start')
  const signal = createStopSignal(opened.logger)
  let crash: Error | undefined
  try {
    // A start may wait long for a service: a signal ends that too.
    const started = start(opened, signal.crash)
    crash = await Promise.race([started.then(hasStarted).then(() => signal.requested), signal.requested])
  } finally {
    opened.health.end()
    await stopWithin(opened.lifecycle, opened.settings.gracePeriodS * 1000, opened.logger).finally(() => {
      signal.dispose()
      leaveSoon()
    })
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
