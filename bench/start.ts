/** How long the embedded services take to be ready, and a first film to its verdict after that. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { spreadOf } from './support.ts'

const root = resolve(import.meta.dirname, '..')

/** Runs a demo of one film and reads when it said what. */
const once = async (): Promise<{ services: number; verdict: number }> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'osteostream-bench-'))
  const began = performance.now()
  const args = [
    'src/cli/main.ts',
    'demo',
    '--studies',
    '1',
    '--clinics',
    '1',
    '--regions',
    '1',
    '--exit',
    '--json',
    '--data-dir',
    dataDir,
  ]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let services = 0
  child.stderr.on('data', (chunk: Buffer) => {
    if (services === 0 && chunk.toString().includes('schema')) services = performance.now() - began
  })
  const verdict = await new Promise<number>((done) => {
    child.stdout.on('data', () => done(performance.now() - began))
  })
  await new Promise((done) => child.on('exit', done))
  await rm(dataDir, { recursive: true, force: true })
  return { services: services / 1000, verdict: (verdict - services) / 1000 }
}

/** Seconds; the jars are in the cache after the first, uncounted run. */
export const run = async () => {
  await once()
  const runs = [await once(), await once(), await once()]
  return {
    servicesReadyS: spreadOf(runs.map(({ services }) => services)),
    firstVerdictAfterThatS: spreadOf(runs.map(({ verdict }) => verdict)),
  }
}
