/** Measures how far simulated films are from real ones: `npm run film-gap -- FOLDER`. */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { GreyFilm } from '../src/imaging/picture/grey-film.ts'
import { createFindHips } from '../src/inference/finder/find-hips.ts'
import { randomFor } from '../src/simulation/clinics/seeded-random.ts'
import { sampleAcquisition } from '../src/simulation/films/devices.ts'
import { samplePerson } from '../src/simulation/films/person.ts'
import { greyOf } from '../src/simulation/films/picture-of.ts'
import { renderFilm } from '../src/simulation/films/render-film.ts'
import { gapLines, gapsOf } from './film-gap/gap-table.ts'
import { type Measures, measureCrop, measureView } from './film-gap/measures.ts'
import { filmsIn, readFilm } from './real-films/read-film.ts'
import { shippedFinder } from './real-films/shipped-finder.ts'
import { isWanted, parseTruth } from './real-films/truth.ts'

const usage = `Usage: npm run film-gap -- FOLDER [OPTIONS]

Compares the views and crops that the finder is given of real films with those of simulated ones: contrast at three scales,
edges, tones. The gap is the distance of the medians in standard deviations; "beyond" is the share of real films outside of
what nine of ten simulated films show. Both should fall when simulated films become more like real ones.

  --truth FILE    table of truths: takes adults with a readable hip only, and restores their shape
  --against DIR   compares with the films of a folder instead of the simulator's
  --anatomy NAME  plain or whole (default plain): what the simulator draws
  --films N       simulated films (default 120)
  --finder DIR    package that finds the hips to crop (default: the one in models/)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    truth: { type: 'string' },
    against: { type: 'string' },
    anatomy: { type: 'string', default: 'plain' },
    films: { type: 'string', default: '120' },
    finder: { type: 'string' },
  },
})
const [folder] = positionals
if (values.help || folder === undefined) {
  console.log(usage)
  process.exit(values.help ? 0 : 2)
}
const anatomy = values.anatomy === 'whole' ? 'whole' : 'plain'
const findHips = await createFindHips(values.finder ?? (await shippedFinder()), 'cpu')

type Measured = { readonly views: Measures[]; readonly crops: Measures[] }

const measureAll = async (films: AsyncIterable<GreyFilm>): Promise<Measured> => {
  const measured: Measured = { views: [], crops: [] }
  for await (const film of films) {
    measured.views.push(measureView(film))
    const found = await findHips(film)
    const hips = found.kind === 'found' ? found.hips : found.suspected
    for (const { box, score } of hips) if (score > 0.5) measured.crops.push(measureCrop(film, box))
  }
  return measured
}

const filmsOf = async function* (from: string, table: string | undefined): AsyncGenerator<GreyFilm> {
  const truths = table === undefined ? undefined : parseTruth(await readFile(table, 'utf8'))
  for (const [name, path] of await filmsIn(from)) {
    const truth = truths?.find((each) => each.name === name)
    if (truths !== undefined && (truth === undefined || isWanted(truth) !== true)) continue
    const read = await readFilm(path, truth)
    if (read.kind === 'read') yield read.film
  }
}

const drawn = async function* (): AsyncGenerator<GreyFilm> {
  for (let index = 0; index < Number(values.films); index += 1) {
    const random = randomFor(4711, 'film gap', index)
    const person = samplePerson({ world: 'external', random, hospitalMix: true })
    const acquisition = sampleAcquisition({ world: 'external', random })
    const view = (['left', 'right', 'pelvis', 'pelvis'] as const)[index % 4] ?? 'pelvis'
    yield greyOf(renderFilm({ person, view, acquisition, size: 512, random, anatomy }))
  }
}

const real = await measureAll(filmsOf(folder, values.truth))
const simulated = await measureAll(
  values.against === undefined ? drawn() : filmsOf(values.against, undefined),
)
for (const what of ['views', 'crops'] as const) {
  console.log(`\n${what}: ${real[what].length} real, ${simulated[what].length} simulated`)
  console.log(gapLines(gapsOf(real[what], simulated[what])).join('\n'))
}
