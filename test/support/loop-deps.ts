import { createProgress } from '../../src/runtime/progress.ts'

/** What a loop needs beside its own ports: no operator talks to it, and nobody is told before ten minutes. */
export const usualLoopDeps = (nowMs: () => number = () => performance.now()) => ({
  setAside: { has: () => false, follow: () => {} },
  worker: 'test',
  progress: createProgress(nowMs),
  stuckAfterMs: 600_000,
})
