import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { baselineCardSchema } from '../../../src/contracts/baseline-card.ts'
import { heatOverlay } from '../../../src/inference/evaluation/report/heat-overlay.ts'
import { evaluatePackage } from '../../../src/roles/evaluation/evaluate-package.ts'
import { openProcess } from '../../../src/roles/open-process.ts'
import { SetupError } from '../../../src/runtime/errors.ts'
import { writeLabelledFolder } from '../../support/labelled-folder.ts'
import { modelsDir } from '../../support/models.ts'
import { runCommand } from '../../support/run-command.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { writeTinyPackage } from '../../support/tiny-package.ts'
import { undoAfter } from '../../support/undo.ts'

const cli = resolve(import.meta.dirname, '../..', '..', 'src', 'cli', 'main.ts')

const run = async (dataDir: string, ...given: readonly string[]) => {
  const child = spawn(process.execPath, [cli, 'evaluate', '--data-dir', dataDir, ...given])
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { out: out.trim().split('\n'), errors, status: child.exitCode }
}

const predictionsOf = async (folder: string) =>
  (await readFile(join(folder, 'predictions.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a heat map marks what lies above its mean, and an even one nothing', () => {
  const map = heatOverlay({ edge: 2, values: [0, 5, 2, 1] })
  assert.deepEqual(map.match(/<rect.*?>/g), ['<rect x="1" y="0" width="1" height="1" fill-opacity="0.38"/>'])
  assert.match(heatOverlay({ edge: 2, values: [0, 0, 9, 0] }), /x="0" y="1" .*fill-opacity="0.75"/)
  for (const even of [0, 0.25])
    assert.doesNotMatch(heatOverlay({ edge: 2, values: Array(4).fill(even) }), /rect/)
})

describe('evaluate', () => {
  test('prints the table, for a person and for a program', async (t) => {
    const folder = await tempDir(t)
    const dataDir = await tempDir(t)
    await writeLabelledFolder(folder, {
      views: ['pelvis', 'left', 'right', 'pelvis', 'left', 'pelvis', 'right', 'pelvis'],
      refused: ['knee'],
      seed: 18,
    })
    await writeFile(join(folder, 'odd <b>.dcm'), 'no film')
    await appendFile(join(folder, 'labels.csv'), 'odd <b>.dcm,odd,L,-2,,70,F,,,\n')
    await writeFile(join(folder, 'unlabelled.dcm'), 'no label')
    await writeFile(join(folder, 'notes.txt'), 'no film')
    const given = ['--model', 'vit', '--data', folder, '--set', 'internal'] as const
    const { out, errors, status } = await run(dataDir, ...given, '--json')
    assert.equal(status, 0, errors)
    const table = JSON.parse(out.at(-1) ?? '')
    assert.equal(table.model, 'vit@1.1.0')
    assert.equal(table.set, 'internal')
    assert.equal(table.n, 12)
    assert.equal(table.persons, 8)
    assert.deepEqual(table.rejected, { FILE_CORRUPT: 1, NOT_A_HIP: 1 })
    for (const name of ['osteoporosis', 'osteopenia', 'normal'])
      for (const measure of ['auc', 'sensitivity', 'specificity', 'npv']) {
        const { value, low, high } = table.classes[name][measure]
        assert.ok(0 <= low && low <= value && value <= high && high <= 1, `${name} ${measure}`)
      }
    assert.match(errors, /the films are simulated: these figures say nothing about real patients/)
    assert.match(errors, /visibility ceiling: .* no reader's AUC can exceed 9\d\.\d for osteoporosis/)
    const { auc, spread } = table.ceiling.osteopenia
    assert.ok(0.8 < auc && auc < 1 && 0 < spread && spread < 0.2, JSON.stringify(table.ceiling))
    assert.equal(table.domain, 'synthetic', 'as the labels say')
    assert.match(errors, /other-0\.dcm: NOT_A_HIP/)
    assert.match(errors, /films without labels, not read: 1$/m, 'notes are no film')

    const card = await readFile(join(dataDir, 'evaluations', 'vit-1.1.0-internal', 'card.json'))
    assert.deepEqual(baselineCardSchema.parse(JSON.parse(card.toString())).confusion.perHip, table.confusion)
    const page = await readFile(join(dataDir, 'evaluations', 'vit-1.1.0-internal', 'report.html'), 'utf8')
    assert.ok(page.indexOf('Simulated films. Research use') < page.indexOf('<table>'))
    assert.equal(page.match(/<svg (?!class="(?:heat|landmarks)")/g)?.length, 6)
    assert.match(page, /src="data:image\/png;base64,/)
    const words = page.replaceAll(/ src="data:[^"]*"/g, '')
    assert.doesNotMatch(words, /(src|href)="|url\(|NaN|undefined|odd <b>/)
    assert.ok(!page.includes(dirname(folder)), 'a page that is handed on names no path of this machine')
    assert.match(page, /odd &lt;b&gt;\.dcm: FILE_CORRUPT/)

    const lines = await predictionsOf(join(dataDir, 'evaluations', 'vit-1.1.0-internal'))
    const read = lines.filter(({ refused }) => refused === null)
    assert.deepEqual([lines.length, read.length], [14, 12], 'a line for each labelled hip')
    assert.deepEqual(
      lines.filter(({ refused }) => refused !== null).map(({ film, refused }) => [film, refused]),
      [
        ['odd <b>.dcm', 'FILE_CORRUPT'],
        ['other-0.dcm', 'NOT_A_HIP'],
      ],
    )
    const hits = read.filter((line) => line.class === line.truth.class).length
    assert.ok(Math.abs(hits / 12 - table.accuracy.value) < 1e-9)
    assert.ok(lines.every(({ person }) => /^person-\d+$/.test(person)))

    const more = ['--report', join(folder, 'again'), '--compare', 'vit', '--compare', 'vit']
    const again = await run(dataDir, ...given, ...more, '--json')
    const { others, comparisons, unanimous } = JSON.parse(again.out.at(-1) ?? '')
    assert.deepEqual([others.length, comparisons.length, unanimous.value], [2, 3, 1])
    for (const { n, accuracy, alike, kappa } of comparisons)
      assert.deepEqual([n, accuracy.value, alike.value, kappa], [table.n, 0, 1, 1])
    assert.deepEqual(others[0].classes, table.classes, 'the same package on the same films')
    assert.equal((await predictionsOf(join(folder, 'again'))).length, 42)
    assert.match(again.errors, /paired on 12 hips that all packages read/)
    assert.match(
      await readFile(join(folder, 'again', 'report.html'), 'utf8'),
      /Beside other packages.*vit@1\.1\.0 − vit@1\.1\.0/s,
    )
    assert.equal(again.status, 0, again.errors)
    assert.ok(
      card.equals(await readFile(join(folder, 'again', 'card.json'))),
      'another card at the second run',
    )
  })

  test('shows where a network looked that says so, and that this is no explanation', async (t) => {
    const folder = await tempDir(t)
    await writeLabelledFolder(folder, { views: ['pelvis', 'left', 'right', 'pelvis', 'left'], seed: 18 })
    const models = await tempDir(t)
    await cp(join(modelsDir, 'hip-finder'), join(models, 'hip-finder'), { recursive: true })
    await writeTinyPackage(models, { name: 'looking', heatPlaces: 9 })
    const reportOf = async (model: string, from: string) => {
      const words = ['--model', model, '--data', folder, '--set', 'internal', '--report', join(folder, model)]
      const { code, stderr } = await runCommand(['evaluate', ...words, '--data-dir', folder], '', {
        OSTEOSTREAM_MODELS_DIR: from,
      })
      assert.equal(code, 0, stderr)
      return readFile(join(folder, model, 'report.html'), 'utf8')
    }
    const page = await reportOf('looking', models)
    const maps = page.match(/<svg class="heat" viewBox="0 0 3 3".*?<\/svg>/gs) ?? []
    assert.equal(maps.length, page.match(/<figure /g)?.length)
    assert.ok(maps.length > 3, `${maps.length} maps`)
    assert.match(page, /Attention is no explanation/)
    const hips = page.match(/<svg class="landmarks".*?<\/svg>/gs) ?? []
    assert.equal(hips.length, maps.length, 'landmarks on each region')
    // Of a head of 4.7 cm across in a region of 14 cm, a radius of a sixth of the edge.
    for (const hip of hips)
      assert.ok(Math.abs(Number(/r="([\d.]+)" fill="none"/.exec(hip)?.[1]) - 16.8) < 3, hip)
    assert.doesNotMatch(page.replaceAll(/ src="data:[^"]*"/g, ''), /NaN|undefined/)
    assert.doesNotMatch(await reportOf('resnet50', modelsDir), /class="heat"|no explanation/)
  })

  test('refuses persons of the other set, a class missing, and a package that is not there', async (t) => {
    const folder = await tempDir(t)
    const training = await tempDir(t)
    const rows = ['-3', '-2', '0'].map((tScore, i) => `${i}.dcm,p${i},L,${tScore},,,,`)
    const write = (dir: string, own: readonly string[], further = '') =>
      writeFile(
        join(dir, 'labels.csv'),
        [`file,person,side,tScore,class,age,sex,clinic${further}`, ...own, ''].join('\n'),
      )
    await write(folder, rows)
    await cp(folder, training, { recursive: true })
    const opened = openProcess('evaluate', { dataDir: folder, quiet: true })
    undoAfter(t)(opened.lifecycle.stop)
    const refused = async (code: string, message: RegExp, given: object = {}) => {
      const request = {
        model: 'vit',
        data: folder,
        set: 'internal',
        ...given,
      } as const
      await assert.rejects(
        evaluatePackage(opened, request, () => {}),
        (error) => error instanceof SetupError && error.code === code && message.test(error.message),
      )
    }
    await refused('PERSON_IN_BOTH_SETS', /^3 persons/, { notIn: training })
    await refused('FILM_MISSING', /^3 labels/)
    await write(
      training,
      rows.map((row) => `${row},0.2,0`),
      ',simulatedErrorSd,simulatedClinicSd',
    )
    await refused('SETTING_INVALID', /say that its films are simulated/, { data: training, domain: 'real' })
    await refused('MODEL_UNUSABLE', /vit@9\.0\.0/, { model: 'vit@9.0.0' })
    await write(folder, rows.slice(0, 2))
    await refused('CLASS_MISSING', /^no hip with normal among 2 labels/)
    const { status, errors } = await run(folder, '--model', 'vit', '--data', folder, '--set', 'internal')
    assert.equal(status, 2)
    assert.match(errors, /^CLASS_MISSING: .*\n {2}remedy: /)
  })
})
