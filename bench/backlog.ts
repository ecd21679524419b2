/** Memory of a screening process that finds 5,000 films of a megabyte waiting: the process that users start, from outside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { consumerGroups, imagesTopic } from '../src/contracts/topics.ts'
import { registerSite } from '../src/producers/register-site.ts'
import { roleDepsOf } from '../src/roles/open-engine.ts'
import { openProcess } from '../src/roles/open-process.ts'
import { prepareTopics } from '../src/roles/prepare-engine.ts'
import { drawFilms, publishBacklog, site } from './film-backlog.ts'
import { spreadOf, withServices } from './support.ts'

const films = 5000
const flags = ['--disable-warning=TimeoutNegativeWarning']
/** Films of 16 bits, the larger side: about a megabyte. */
const filmSize = 780

const residentMb = async (pid: number): Promise<number> => {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) / 1024
}

/** Where memory stands in each quarter of the run: flat, or growing with the films. */
const quartersOf = (samples: readonly number[]) =>
  [0, 1, 2, 3].map((quarter) =>
    spreadOf(samples.slice((quarter * samples.length) / 4, ((quarter + 1) * samples.length) / 4)),
  )

export const run = () =>
  withServices(async ({ dataDir, kafka }) => {
    const own = openProcess('bench', { dataDir, quiet: true })
    const admin = await kafka.connectAdmin()
    await prepareTopics(
      roleDepsOf(own, kafka, (error) => console.error(error.message)),
      admin,
    )
    const publisher = await kafka.connectPublisher()
    await registerSite({ publisher, now: () => new Date() }, site)
    const drawn = await drawFilms(filmSize)
    await publishBacklog(publisher, drawn, films)
    await publisher.stop()
    const cli = join(resolve(import.meta.dirname, '..'), 'src', 'cli.ts')
    const began = performance.now()
    const child = spawn(process.execPath, [...flags, cli, 'screen', '--data-dir', dataDir], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, OSTEOSTREAM_LOG_LEVEL: 'warn' },
    })
    const samples: number[] = []
    const done = async (): Promise<number> => {
      const committed = await admin.committed(consumerGroups.screening, imagesTopic.name)
      return [...committed.values()].reduce((sum, offset) => sum + Number(offset), 0)
    }
    while ((await done()) < films) {
      if (child.exitCode !== null) throw new Error(`the screening process ended with ${child.exitCode}`)
      samples.push(await residentMb(child.pid ?? 0))
      await delay(1000)
    }
    const seconds = (performance.now() - began) / 1000
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    await admin.stop()
    await own.lifecycle.stop()
    return {
      films,
      megabytesAFilm: Number(((drawn[0]?.length ?? 0) / 1e6).toFixed(2)),
      filmsPerS: Number((films / seconds).toFixed(1)),
      residentMb: spreadOf(samples),
      residentMbByQuarter: quartersOf(samples),
    }
  })
