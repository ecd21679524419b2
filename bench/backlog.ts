/** Memory of a screening process that finds 5,000 films of a megabyte waiting: the process that users start, from outside. */
import { setTimeout as delay } from 'node:timers/promises'
import { consumerGroups, imagesTopic } from '../src/contracts/topics.ts'
import { registerSite } from '../src/producers/register-site.ts'
import { roleDepsOf } from '../src/roles/open-engine.ts'
import { openProcess } from '../src/roles/open-process.ts'
import { prepareTopics } from '../src/roles/prepare-engine.ts'
import { drawFilms, publishBacklog, site } from './film-backlog.ts'
import { residentMb, startRole } from './role-process.ts'
import { spreadOf, withServices } from './support.ts'

const films = 5000
/** Films of 16 bits, the larger side: about a megabyte. */
const filmSize = 780

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
    const began = performance.now()
    const screening = startRole({ role: 'screen', dataDir })
    const samples: number[] = []
    const done = async (): Promise<number> => {
      const committed = await admin.committed(consumerGroups.screening, imagesTopic.name)
      return [...committed.values()].reduce((sum, offset) => sum + Number(offset), 0)
    }
    while ((await done()) < films) {
      screening.requireUp()
      samples.push(await residentMb(screening.pid))
      await delay(1000)
    }
    const seconds = (performance.now() - began) / 1000
    await screening.stop()
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
