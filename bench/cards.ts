/** Makes the baseline card of every shipped classifier: `npm run cards`. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { nameOf } from '../src/figures/figure-text.ts'
import { openModelShelf } from '../src/inference/classifiers/classifier-shelf.ts'
import { cardText, makeCard } from '../src/inference/evaluation/make-card.ts'
import { chooseShipped } from '../src/inference/packages/choose-package.ts'
import { evaluatePackage } from '../src/roles/evaluation/evaluate-package.ts'
import { openProcess } from '../src/roles/open-process.ts'
import { drawTestSet, testSets } from './models/test-sets.ts'

const root = resolve(import.meta.dirname, '..')

const usage = `Usage: npm run cards [-- OPTIONS]

Draws the external set of docs/validation.md (simulated films of eight clinics, of people whom no package has learned
from), lets every classifier in models/ read it as production does, and writes card.json into each package.
The same packages write the same bytes.

  --work DIR   keeps the films (default .osteostream/validation)
  --into DIR   folder of the cards: NAME/VERSION/card.json (default models)
  --films N    films of the set (default 603)`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    work: { type: 'string', default: resolve(root, '.osteostream', 'validation') },
    into: { type: 'string', default: resolve(root, 'models') },
    films: { type: 'string', default: '603' },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const films = Number(values.films)
if (!Number.isSafeInteger(films) || films < 1) {
  console.error('--films must be a whole number of 1 or more')
  process.exit(2)
}

const external = testSets(films, 768).find(({ set }) => set === 'external')
if (external === undefined) throw new Error('an external set is drawn')
const data = await drawTestSet(external, join(values.work, 'films'))
const opened = openProcess('cards', { quiet: true })
try {
  const { classifiers } = await openModelShelf(opened.settings.modelsDir, opened.logger)
  const [model = '', ...compare] = chooseShipped(classifiers).map(({ manifest }) => nameOf(manifest))
  const found = await evaluatePackage(opened, { model, compare, data, set: 'external' }, (done, all) => {
    if (done % 50 === 0) console.error(`${done} of ${all} films read`)
  })
  for (const { manifest, hips, tables } of found.models) {
    const file = join(values.into, manifest.name, manifest.version, 'card.json')
    await writeFile(file, cardText(makeCard({ ...found, manifest, hips, tables })))
    console.error(`wrote ${file}`)
  }
} finally {
  await opened.lifecycle.stop()
}
