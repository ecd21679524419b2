import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { readFinderManifest } from '../../../src/inference/finder/read-finder.ts'
import { finderIdentityOf } from '../../../src/inference/packages/model-manifest.ts'
import { createPrepareTask } from '../../../src/inference/workers/prepare-task.ts'
import { film, picture } from '../../imaging/films.ts'

test('a film leaves no memory behind, and what is said of it stays', async () => {
  const folder = 'models/hip-finder/1.3.0'
  const { digest } = finderIdentityOf(await readFinderManifest(folder))
  const prepare = await createPrepareTask({
    finders: [{ folder, digest }],
    cropSizes: [64],
    provider: 'cpu',
  })
  const pixels = picture(900, 800, 12)
  const drawn = film({ rows: 900, columns: 800, pixels })
  const sha256 = createHash('sha256').update(drawn).digest('hex')
  const pixelHash = createHash('sha256').update(pixels).digest('hex')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const bytes = drawn.slice()
    const { outcome } = await prepare({
      kind: 'prepare',
      finder: digest,
      bytes,
      expected: { size: drawn.length, sha256 },
    })
    assert.ok(outcome.kind === 'ok')
    assert.equal(outcome.value.pixelHash, pixelHash)
    assert.equal(bytes.length, 0)
  }
})
