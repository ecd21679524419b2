import { execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { noiseFilm } from '../test/support/noise-film.ts'
import { spreadOf } from './support.ts'

const runProgram = promisify(execFile)

/** As a CR plate of 43 × 43 cm has it. */
const side = 1936
const associations = 10
const filmsOfEach = 12
const runs = 3

/** Films a second of so many senders at once. */
const send = async (port: number, film: string): Promise<number> => {
  const files = Array.from({ length: filmsOfEach }, () => film)
  const from = performance.now()
  await Promise.all(
    Array.from({ length: associations }, () =>
      runProgram('storescu', [
        '-aet',
        'BENCH',
        '-aec',
        'OSTEO',
        '-pdu',
        '131072',
        'localhost',
        String(port),
        ...files,
      ]),
    ),
  )
  return (associations * filmsOfEach * 1000) / (performance.now() - from)
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })

const freePort = async (): Promise<number> => {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** dcmtk's receiver: a process for each association, no fsync, no encryption. */
const withStorescp = async (folder: string, work: (port: number) => Promise<void>): Promise<void> => {
  const port = await freePort()
  const child = spawn('storescp', ['--fork', '+uf', '-od', folder, '-pdu', '131072', String(port)], {
    stdio: 'ignore',
  })
  try {
    while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 50))
    await work(port)
  } finally {
    child.kill()
  }
}

/** Ours and dcmtk's by turns, so that what else the machine does hits both. */
export const run = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'osteostream-bench-gateway-'))
  const others = join(folder, 'storescp')
  const film = join(folder, 'film.dcm')
  const bytes = noiseFilm('2.25.1', [], side)
  await mkdir(others)
  await writeFile(film, bytes)
  const child = fork(join(import.meta.dirname, 'gateway-process.ts'), [folder])
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    const ours: number[] = []
    const theirs: number[] = []
    await send(port, film)
    await withStorescp(others, async (other) => {
      await send(other, film)
      for (let round = 0; round < runs; round += 1) {
        ours.push(await send(port, film))
        theirs.push(await send(other, film))
      }
    })
    child.send('tell')
    const [process_] = (await once(child, 'message')) as [object]
    return {
      filmMb: Number((bytes.length / 1e6).toFixed(1)),
      associations,
      filmsPerS: { ours: spreadOf(ours), storescp: spreadOf(theirs) },
      share: Number((spreadOf(ours).median / spreadOf(theirs).median).toFixed(2)),
      process: process_,
    }
  } finally {
    child.kill()
    await rm(folder, { recursive: true, force: true })
  }
}
