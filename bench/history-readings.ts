/** Reads simulated films once for the history of the demo: `npm run history:readings`. */
import { appendFile, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openModelShelf } from '../src/inference/classifiers/classifier-shelf.ts'
import { startFilmReader } from '../src/inference/evaluation/start-film-reader.ts'
import { chooseShipped, finderOf } from '../src/inference/packages/choose-package.ts'
import { finderIdentityOf, identityOf } from '../src/inference/packages/model-manifest.ts'
import { openProcess } from '../src/roles/open-process.ts'
import { sha256Of } from '../src/runtime/sha256.ts'
import { conditionOf, drawHistoryFilm } from '../src/simulation/history/history-film.ts'
import { type LibraryFilm, writeLibrary } from '../src/simulation/history/reading-library.ts'
import { readNotes } from './history/film-notes.ts'
import { readHistoryFilm } from './history/read-history-films.ts'

const root = resolve(import.meta.dirname, '..')
const shipped = resolve(root, 'src', 'simulation', 'history', 'readings.json.gz')

const usage = `Usage: npm run history:readings [-- OPTIONS]

Draws films of people whom no package has learned from and no card knows, under several imaging conditions (as usual,
by a second maker, after an update of the software), lets every classifier in models/ read each once as production does,
and writes one file: the truth about each film, what was said of it, and the digests of what said it. A run that was
ended goes on where it was; the same packages write the same bytes.

  --films N    films in all (default 4000)
  --seed S     of the films (default 910001); never one of a card, a validation or a training
  --size N     longer edge of a film in pixels (default 768)
  --work DIR   keeps what was read so far (default .osteostream/history-readings)
  --out FILE   the file (default src/simulation/history/readings.json.gz)
  --json       prints one object on the last line`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    films: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '910001' },
    size: { type: 'string', default: '768' },
    work: { type: 'string', default: resolve(root, '.osteostream', 'history-readings') },
    out: { type: 'string', default: shipped },
    json: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const [films, seed, filmSize] = [Number(values.films), Number(values.seed), Number(values.size)]
const isFit = Number.isSafeInteger(films) && films >= 1 && Number.isSafeInteger(filmSize) && filmSize >= 64
if (!isFit || !Number.isSafeInteger(seed)) {
  console.error(
    '--films must be a whole number of 1 or more, --size one of 64 or more, --seed a whole number',
  )
  process.exit(2)
}
if (seed === 900_001 || seed === 900_002 || seed < 10_000) {
  console.error('this seed is one of a card or of a training: the history would repeat what they know')
  process.exit(2)
}

const startedAt = performance.now()
const opened = openProcess('history-readings', { quiet: true })
try {
  const { settings, logger, lifecycle } = opened
  const shelf = await openModelShelf(settings.modelsDir, logger)
  const classifiers = chooseShipped(shelf.classifiers)
  const finder = finderOf(shelf.finder, settings.modelsDir)
  const models = classifiers.map(({ manifest }) => identityOf(manifest))
  const finderIdentity = finderIdentityOf(finder.manifest)
  // What other packages have read does not count.
  const readers = sha256Of(JSON.stringify([models, finderIdentity])).slice(0, 12)
  const notes = join(values.work, `${seed}-${filmSize}-${readers}.jsonl`)
  const folder = join(values.work, 'films')
  await mkdir(folder, { recursive: true })
  const known = await readNotes(notes)
  const reader = await startFilmReader({
    folder,
    classifiers,
    finder,
    provider: settings.executionProvider,
    workers: settings.screeningWorkers,
    logger,
  })
  lifecycle.add('film workers', reader.stop)
  const missing = Array.from({ length: films }, (_, index) => index).filter((index) => !known.has(index))
  const waiting = missing.values()
  let read = 0
  const work = async (): Promise<void> => {
    for (const index of waiting) {
      const drawn = drawHistoryFilm({ seed, index, filmSize })
      const film = await readHistoryFilm(drawn, conditionOf(index), { folder, seed, read: reader.read })
      await appendFile(notes, `${JSON.stringify(film)}\n`)
      known.set(index, film)
      read += 1
      if (read % 50 === 0) {
        const each = (performance.now() - startedAt) / 1000 / read
        console.error(`${known.size} of ${films} films read, ${each.toFixed(2)} s each`)
      }
    }
  }
  await Promise.all(Array.from({ length: reader.concurrency }, work))
  const ordered = Array.from({ length: films }, (_, index) => known.get(index)).filter(
    (film): film is LibraryFilm => film !== undefined,
  )
  const library = { format: 1 as const, seed, filmSize, models, finder: finderIdentity, films: ordered }
  const bytes = await writeLibrary(values.out, library)
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1))
  console.error(`wrote ${ordered.length} films, ${bytes} bytes`)
  if (values.json) console.log(JSON.stringify({ films: ordered.length, read, bytes, seconds }))
} finally {
  await opened.lifecycle.stop()
}
