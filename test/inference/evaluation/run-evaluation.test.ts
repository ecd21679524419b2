import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openModelShelf } from '../../../src/inference/classifiers/classifier-shelf.ts'
import { findFilms } from '../../../src/inference/evaluation/find-films.ts'
import { readLabels } from '../../../src/inference/evaluation/read-labels.ts'
import { countReasons, runEvaluation } from '../../../src/inference/evaluation/run-evaluation.ts'
import { startFilmReader } from '../../../src/inference/evaluation/start-film-reader.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { writeLabelledFolder } from '../../support/labelled-folder.ts'
import { modelsDir } from '../../support/models.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { undoAfter } from '../../support/undo.ts'

const startReader = async (t: Parameters<typeof undoAfter>[0], folder: string) => {
  const shelf = await openModelShelf(modelsDir, silentLogger)
  const [classifier] = shelf.classifiers
  assert.ok(classifier && shelf.finder)
  const common = { provider: 'cpu', workers: 1, logger: silentLogger } as const
  const reader = await startFilmReader({ folder, classifiers: [classifier], finder: shelf.finder, ...common })
  undoAfter(t)(reader.stop)
  return reader
}

describe('evaluation of a folder', () => {
  test('matches hips to labels by side and counts what is left out', async (t) => {
    const folder = await tempDir(t)
    await writeLabelledFolder(folder, {
      views: ['pelvis', 'left', 'right', 'pelvis', 'left'],
      refused: ['knee', 'chest'],
      seed: 4,
    })
    // A young person, and a side that the film does not show.
    const text = await readFile(join(folder, 'labels.csv'), 'utf8')
    const changed = text
      .replace(/^(film-001\.dcm,p1,L,[^,]*,,)\d+/m, '$131')
      .replace(/^(film-004\.dcm,p4,)L/m, '$1R')
    await writeFile(join(folder, 'labels.csv'), changed)
    const { films } = await findFilms(folder, await readLabels(folder))
    const { read, concurrency } = await startReader(t, folder)
    const steps: number[] = []
    const found = await runEvaluation({
      films,
      read,
      concurrency,
      onProgress: (done) => void steps.push(done),
    })

    assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7])
    assert.deepEqual(
      found.hips.map(({ file, side, person }) => [file, side, person]),
      [
        ['film-000.dcm', 'right', 'p0'],
        ['film-000.dcm', 'left', 'p0'],
        ['film-002.dcm', 'right', 'p2'],
        ['film-003.dcm', 'right', 'p3'],
        ['film-003.dcm', 'left', 'p3'],
      ],
    )
    assert.ok(found.hips.every(({ reading, day }) => reading.tScore !== undefined && day === '2024-05-10'))
    assert.deepEqual(found.excluded, [
      { file: 'film-001.dcm', side: 'left', reason: 'AGE_18_TO_49' },
      { file: 'film-004.dcm', side: 'right', reason: 'HIP_NOT_FOUND' },
    ])
    assert.deepEqual(countReasons(found.rejected), [['NOT_A_HIP', 2]])
    assert.deepEqual(await runEvaluation({ films, read, concurrency: 1 }), found)
  })
})
