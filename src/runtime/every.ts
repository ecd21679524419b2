/** Calls `work` every `ms` until the answer is called; a test gives one that runs on its own clock. */
export type Every = (ms: number, work: () => void) => () => void

/** The machine's own clock. */
export const everyReally: Every = (ms, work) => {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}
