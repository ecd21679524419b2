import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type RunningEngine = {
  readonly dataDir: string
  /** All that it has written to standard error, where its log lines are. */
  readonly said: () => string
  readonly stop: () => Promise<void>
}

/**
 * Starts `up` in a process of its own, with `environment` over that of the tests, and answers when it is ready. A data
 * folder that is given outlives it.
 */
export const startUp = async (
  root: string,
  environment: Readonly<Record<string, string>> = {},
  kept?: string,
): Promise<RunningEngine> => {
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'osteostream-up-')))
  const child = spawn(process.execPath, ['src/cli/main.ts', 'up', '--data-dir', dataDir], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('ready;')) resolve()
    })
    void ended.then((code) => reject(new Error(`up ended with ${code}: ${said}`)))
  })
  return {
    dataDir,
    said: () => said,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      if (kept === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
