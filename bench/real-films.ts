/** Measures finder and gate on a folder of real films: `npm run real-films -- FOLDER TRUTH.tsv`. */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openFinderNetworks } from '../src/inference/finder/judge-film.ts'
import { ageBandOf, type MeasuredFilm, measureFilm } from './real-films/measure-film.ts'
import { filmsIn, readFilm } from './real-films/read-film.ts'
import { shippedFinder } from './real-films/shipped-finder.ts'
import { tableOf } from './real-films/tables.ts'
import { parseTruth } from './real-films/truth.ts'

const usage = `Usage: npm run real-films -- FOLDER TRUTH.tsv [OPTIONS]

Lets finder and gate judge real films through the code of production, with what each network says, and compares with a table
of truths (columns name, truth, readable, and if you have them age, cols and rows; docs/real-films.md says more).
FOLDER holds the films (DICOM, PNG or JPEG) under the names of the table.

  --finder DIR  package of the finder (default: the one in models/)
  --films       prints a line for each film too`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    finder: { type: 'string' },
    films: { type: 'boolean', default: false },
  },
})
const [folder, table] = positionals
if (values.help || folder === undefined || table === undefined) {
  console.log(usage)
  process.exit(values.help ? 0 : 2)
}

const finder = values.finder ?? (await shippedFinder())
const networks = await openFinderNetworks(finder, 'cpu')
const paths = await filmsIn(folder)
const measured: { silent: MeasuredFilm[]; told: MeasuredFilm[] } = { silent: [], told: [] }
const missing: string[] = []
for (const truth of parseTruth(await readFile(table, 'utf8'))) {
  const path = paths.get(truth.name)
  const read = path === undefined ? undefined : await readFilm(path, truth)
  if (read?.kind !== 'read') {
    missing.push(truth.name)
    continue
  }
  const silent = await measureFilm(networks, truth, read.film, undefined)
  measured.silent.push(silent)
  const ageBand = ageBandOf(truth.age)
  measured.told.push(ageBand === undefined ? silent : await measureFilm(networks, truth, read.film, ageBand))
  if (!values.films) continue
  const { refusal, warnings, view } = silent
  const answer =
    refusal === undefined
      ? `accepted: ${warnings.map((own) => own.join('+') || 'clean').join(', ')}`
      : `${refusal.reason}: ${refusal.detail}`
  console.log(`${truth.name} ${truth.truth}: ${answer}; view ${view}`)
}
console.log(
  `finder ${finder}, films ${measured.silent.length}, missing ${missing.length} ${missing.join(' ')}`,
)
console.log('\nHeaders that say nothing:')
console.log(tableOf(measured.silent).join('\n'))
console.log('\nHeaders that give the age:')
console.log(tableOf(measured.told).join('\n'))
