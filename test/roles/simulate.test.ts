import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { tempDir } from '../support/temp-dir.ts'

const commandLine = resolve(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const run = (...words: string[]) =>
  spawnSync(process.execPath, [commandLine, 'simulate', ...words], { encoding: 'utf8' })

test('simulate writes films, labels and truth, and says how well anyone could read them', async (t) => {
  const folder = join(await tempDir(t), 'films')
  const { status, stdout, stderr } = run(
    '--out',
    folder,
    ...'--n 3 --world external --seed 2 --size 96 --format png --contact-sheet --json'.split(' '),
  )
  assert.equal(status, 0, stderr)
  const report = z
    .object({ films: z.number(), seed: z.number(), world: z.string(), visibleErrorSd: z.number() })
    .parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''))
  assert.deepEqual(report, { films: 3, seed: 2, world: 'external', visibleErrorSd: 0.3 })
  assert.match(stderr, /no reader can do better/)
  assert.deepEqual(readdirSync(folder).toSorted(), [
    'contact-sheet.png',
    'film-00001.png',
    'film-00002.png',
    'film-00003.png',
    'labels.csv',
    'truth.jsonl',
  ])
  const again = run('--out', folder, '--n', '1')
  assert.equal(again.status, 2)
  assert.match(again.stderr, /OUTPUT_NOT_EMPTY[\s\S]*remedy/)
})

test('simulate refuses a world that does not exist', async (t) => {
  const { status, stderr } = run('--out', await tempDir(t), '--world', 'moon')
  assert.notEqual(status, 0)
  assert.match(stderr, /hospital, external/)
})
