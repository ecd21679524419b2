import assert from 'node:assert/strict'
import { appendFile, cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openModelShelf } from '../../../src/inference/classifiers/classifier-shelf.ts'
import { openModelPackage } from '../../../src/inference/packages/model-package.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { modelsDir } from '../../support/models.ts'
import { tempDir } from '../../support/temp-dir.ts'

describe('model packages', () => {
  test('one whose file was changed, is gone, or whose manifest is none never serves; the others do', async (t) => {
    const whole = await openModelShelf(modelsDir, silentLogger)
    const [shipped] = whole.classifiers
    assert.ok(shipped !== undefined)
    const copies = await tempDir(t)
    const breakages = {
      changed: (folder: string) => appendFile(join(folder, 'model.onnx'), 'x'),
      gone: (folder: string) => rm(join(folder, 'model.onnx')),
      'no-manifest': (folder: string) => writeFile(join(folder, 'manifest.json'), '{}'),
      whole: async () => {},
    }
    for (const [name, breakIt] of Object.entries(breakages)) {
      const folder = join(copies, name, '1.0.0')
      await cp(shipped.folder, folder, { recursive: true })
      await breakIt(folder)
      if (name !== 'whole') await assert.rejects(openModelPackage(folder), { code: 'MODEL_UNUSABLE' })
    }
    const shelf = await openModelShelf(copies, silentLogger)
    assert.deepEqual(
      shelf.classifiers.map(({ folder }) => folder),
      [join(copies, 'whole', '1.0.0')],
    )
  })
})
