import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** Starts `up` in a process of its own, stopped with the tests of the file; answers its data folder. */
export const startUp = async (root: string): Promise<string> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'osteostream-up-'))
  const flags = ['--disable-warning=TimeoutNegativeWarning', 'src/cli.ts', 'up', '--data-dir', dataDir]
  const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  after(async () => {
    child.kill('SIGTERM')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('ready;')) resolve()
    })
    void ended.then((code) => reject(new Error(`up ended with ${code}: ${said}`)))
  })
  return dataDir
}
