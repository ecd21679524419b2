import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A Python process that answers one JSON line for each that it is asked. */
export type PythonPeer = {
  readonly ask: (request: object) => Promise<unknown>
  readonly stop: () => void
}

/** The first Python here that has all the packages: that of an active environment goes before the machine's own. */
export const findPython = (packages: readonly string[]): string | undefined =>
  ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', `import ${packages.join(', ')}`], { stdio: 'ignore' }).status === 0,
  )

/** Starts a script as a peer, with one thread for its arithmetic. */
export const startPython = (python: string, script: string): PythonPeer => {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const line = await lines.next()
      if (line.done === true) throw new Error(`${python} ended before it answered`)
      return JSON.parse(line.value)
    },
    stop: () => void child.stdin.end(),
  }
}
