/** Memory of a screening process that finds 5,000 films of a megabyte waiting: the process that users start, from outside. */
import { setTimeout as delay } from 'node:timers/promises'
import { drawFilms, publishBacklog } from './film-backlog.ts'
import { openMeasuredEngine } from './open-measured-engine.ts'
import { residentMb, startRole } from './role-process.ts'
import { quartersOf, spreadOf, withServices } from './support.ts'

const films = 5000
/** Films of 16 bits, the larger side: about a megabyte. */
const filmSize = 780

export const run = () =>
  withServices(async ({ dataDir, kafka }) => {
    const engine = await openMeasuredEngine({ dataDir, kafka })
    const drawn = await drawFilms(filmSize)
    await publishBacklog(engine.publisher, drawn, films)
    const began = performance.now()
    const screening = startRole({ role: 'screen', dataDir })
    const samples: number[] = []
    while ((await engine.screenedFilms()) < films) {
      screening.requireUp()
      samples.push(await residentMb(screening.pid))
      await delay(1000)
    }
    const seconds = (performance.now() - began) / 1000
    await screening.stop()
    await engine.stop()
    return {
      films,
      megabytesAFilm: Number(((drawn[0]?.length ?? 0) / 1e6).toFixed(2)),
      filmsPerS: Number((films / seconds).toFixed(1)),
      residentMb: spreadOf(samples),
      residentMbByQuarter: quartersOf(samples),
    }
  })
