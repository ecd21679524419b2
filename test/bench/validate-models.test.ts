import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { KneeResults } from '../../bench/models/knee-results.ts'
import { writeThreePackages } from '../support/packages-of-three.ts'
import { tempDir } from '../support/temp-dir.ts'

const script = resolve(import.meta.dirname, '..', '..', 'bench', 'validate-models.ts')

const figure = (value: number) => ({ value, low: value - 0.02, high: value + 0.02 })
const knees: KneeResults = {
  films: 1234,
  groups: 567,
  leftOut: { contradictory: 8 },
  folds: 5,
  pixels: 160,
  majority: 0.644,
  models: [
    {
      architecture: 'vit',
      accuracy: figure(0.7),
      auc: { osteoporosis: figure(0.8), osteopenia: figure(0.61), normal: figure(0.77) },
      foldAccuracy: [0.69, 0.71],
    },
  ],
  command: 'python3 training/cross_validate_knees.py',
  hardware: 'CPU x86_64',
}

test('the page of the models says the same each time, and every figure of it is one that was measured', async (t) => {
  const folder = await tempDir(t)
  await writeThreePackages(join(folder, 'models'))
  await writeFile(join(folder, 'knee.json'), JSON.stringify(knees))
  const env = { ...process.env, OSTEOSTREAM_MODELS_DIR: join(folder, 'models') }
  const run = async (name: string, ...more: readonly string[]) => {
    const page = join(folder, `${name}.md`)
    const words = ['--films', '40', '--size', '384', '--report', folder, '--out', page, '--json', ...more]
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...words], { env })
    return { page: await readFile(page, 'utf8'), tables: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') }
  }
  const first = await run('first', '--knees', join(folder, 'knee.json'))
  assert.equal((await run('second', '--knees', join(folder, 'knee.json'))).page, first.page)
  const percent = (value: number): string => (100 * value).toFixed(1)
  for (const set of ['internal', 'external']) {
    const { others, ...vit } = first.tables[set]
    assert.deepEqual(
      [vit.model, ...others.map(({ model }: { model: string }) => model)],
      ['vit@1.0.0', 'inception-v3@1.0.0', 'resnet50@1.0.0'],
    )
    for (const { model, classes } of [vit, ...others])
      for (const name of ['osteoporosis', 'osteopenia', 'normal']) {
        const { auc, sensitivity } = classes[name]
        const [row = ''] = first.page
          .slice(first.page.indexOf(set === 'internal' ? '## Internal' : '## External'))
          .split('\n')
          .filter((line) => line.startsWith(`| ${model} | ${name} |`))
        const { auc: best } = vit.ceiling[name]
        for (const value of [auc.value, auc.low, sensitivity.high, best])
          assert.ok(row.includes(percent(value)), row)
      }
    assert.match(await readFile(join(folder, set, 'report.html'), 'utf8'), /Beside other packages/)
  }
  assert.match(first.page, /^\*\*The films are simulated\.\*\*/m)
  const { training } = JSON.parse(
    await readFile(join(folder, 'models', 'vit', '1.0.0', 'manifest.json'), 'utf8'),
  )
  const { cpuSeconds, before, heldOutErrorSd } = training.regressionOfT
  const minutes = ((cpuSeconds + before.cpuSeconds) / 60).toFixed(0)
  const errors = `${before.heldOutErrorSd.toFixed(2)}, then ${heldOutErrorSd.toFixed(2)}`
  const [learned = ''] = first.page
    .split('\n')
    .filter((line) => line.startsWith(`| vit@1.0.0 | ${minutes} |`))
  assert.ok(learned.endsWith(`,000 | ${errors} |`), learned)
  assert.match(first.page, /\| vit \| 70\.0 \(68\.0–72\.0\) \|.*69\.0, 71\.0/)
  assert.match((await run('third')).page, /has not been run on this machine|Knees are not hips/)
  assert.doesNotMatch(first.page, /NaN|undefined/)
})
