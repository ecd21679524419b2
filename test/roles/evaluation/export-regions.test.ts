import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openModelShelf } from '../../../src/inference/classifiers/classifier-shelf.ts'
import { findFilms } from '../../../src/inference/evaluation/find-films.ts'
import { readLabels } from '../../../src/inference/evaluation/read-labels.ts'
import { startFilmReader } from '../../../src/inference/evaluation/start-film-reader.ts'
import { exportRegions } from '../../../src/roles/evaluation/export-regions.ts'
import { openProcess } from '../../../src/roles/open-process.ts'
import { writeLabelledFolder } from '../../support/labelled-folder.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { undoAfter } from '../../support/undo.ts'

test('exported regions are, byte for byte, what the classifier gets', async (t) => {
  const [folder, out] = [await tempDir(t), await tempDir(t)]
  await writeLabelledFolder(folder, { views: ['pelvis', 'left', 'right'], refused: ['knee'], seed: 6 })
  const opened = openProcess('export-regions', { dataDir: out, quiet: true })
  const undo = undoAfter(t)
  undo(opened.lifecycle.stop)
  const found = await exportRegions(opened, { data: folder, out, size: 160 }, () => {})
  assert.equal(found.regions, 4)
  assert.deepEqual(
    found.rejected.map(({ file, reason }) => [file, reason]),
    [['other-0.dcm', 'NOT_A_HIP']],
  )
  const { crops, cropSize } = JSON.parse(await readFile(join(out, 'labels.json'), 'utf8'))
  const bytes = await readFile(join(out, 'crops.u8'))
  assert.equal(cropSize, 160)
  assert.equal(bytes.length, crops.length * 160 * 160)

  const shelf = await openModelShelf(opened.settings.modelsDir, opened.logger)
  const [classifier] = shelf.classifiers
  assert.ok(classifier && shelf.finder)
  const common = { provider: 'cpu', workers: 1, logger: opened.logger } as const
  const reader = await startFilmReader({ folder, classifiers: [classifier], finder: shelf.finder, ...common })
  undo(reader.stop)
  const { films } = await findFilms(folder, await readLabels(folder))
  for (const [index, { file, side }] of crops.entries()) {
    const film = films.find((one) => one.file === file)
    assert.ok(film)
    const read = await reader.read(film)
    assert.ok(read.kind === 'ok')
    const expected = read.value.hips.find((hip) => hip.side === side)?.crops.get(160)
    assert.ok(expected && bytes.subarray(index * 160 * 160, (index + 1) * 160 * 160).equals(expected))
  }
})
