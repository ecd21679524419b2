/** Validates the packages in `models/` on films that none of them has learned from: `npm run validate:models`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { evaluationLines, evaluationObject } from '../src/cli/show/show-evaluation.ts'
import { nameOf } from '../src/figures/figure-text.ts'
import { openModelShelf } from '../src/inference/classifiers/classifier-shelf.ts'
import { chooseShipped } from '../src/inference/packages/choose-package.ts'
import { evaluatePackage } from '../src/roles/evaluation/evaluate-package.ts'
import { writeEvaluation } from '../src/roles/evaluation/write-evaluation.ts'
import { openProcess } from '../src/roles/open-process.ts'
import { readKneeResults } from './models/knee-results.ts'
import { drawTestSet, type TestSet, testSets } from './models/test-sets.ts'
import { type SetEvaluation, writeModelPage } from './models/write-page.ts'

const root = resolve(import.meta.dirname, '..')

const usage = `Usage: npm run validate:models [-- OPTIONS]

Draws an internal and an external set of simulated films with seeds that no training uses, lets every classifier in
models/ read them as production does, and writes the page docs/validation.md with the tables of all of them.
The same packages and options write the same page.

  --report DIR  keeps the films, and for each set report.html, card.json and predictions.jsonl
                (default .osteostream/validation)
  --films N     films of each set (default 603, a fifth of the study's)
  --size N      longer edge of a film in pixels (default 768)
  --knees FILE  results on real knee films (default training/results/knee.json, if it is there)
  --out FILE    the page (default docs/validation.md)
  --json        prints one object with the tables of both sets on the last line`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    report: { type: 'string', default: resolve(root, '.osteostream', 'validation') },
    films: { type: 'string', default: '603' },
    size: { type: 'string', default: '768' },
    knees: { type: 'string', default: resolve(root, 'training', 'results', 'knee.json') },
    out: { type: 'string', default: resolve(root, 'docs', 'validation.md') },
    json: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const [films, size] = [Number(values.films), Number(values.size)]
if (!Number.isSafeInteger(films) || films < 1 || !Number.isSafeInteger(size) || size < 64) {
  console.error('--films must be a whole number of 1 or more, --size one of 64 or more')
  process.exit(2)
}

/** One set after the other, so that the films of one are in the cache of the disk while they are read. */
const evaluateSet = async (given: TestSet): Promise<SetEvaluation> => {
  const data = await drawTestSet(given, join(values.report, 'films'))
  const opened = openProcess('validate-models', { quiet: true })
  try {
    const { classifiers } = await openModelShelf(opened.settings.modelsDir, opened.logger)
    const [first = '', ...compare] = chooseShipped(classifiers).map(({ manifest }) => nameOf(manifest))
    const request = { model: first, compare, data, set: given.set }
    const found = await evaluatePackage(opened, request, (done, all) => {
      if (done % 100 === 0) console.error(`${given.set}: ${done} of ${all} films read`)
    })
    await writeEvaluation(found, join(values.report, given.set))
    for (const line of evaluationLines(found)) console.error(line)
    return { given, found }
  } finally {
    await opened.lifecycle.stop()
  }
}

const [internal, external] = testSets(films, size)
if (internal === undefined || external === undefined) throw new Error('two sets are drawn')
const results = [await evaluateSet(internal), await evaluateSet(external)] as const
const own = films === 603 && size === 768 ? '' : ` -- --films ${films} --size ${size}`
const knees = readKneeResults(values.knees)
await mkdir(dirname(resolve(values.out)), { recursive: true })
await writeFile(values.out, writeModelPage(...results, knees, `npm run validate:models${own}`))
console.error(`wrote ${values.out}; reports under ${values.report}`)
if (values.json)
  console.log(
    JSON.stringify(Object.fromEntries(results.map(({ found }) => [found.set, evaluationObject(found)]))),
  )
