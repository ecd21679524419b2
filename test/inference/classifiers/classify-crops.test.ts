import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openModelShelf } from '../../../src/inference/classifiers/classifier-shelf.ts'
import { createClassifyCrop } from '../../../src/inference/classifiers/classify-crops.ts'
import type { FilmAnswer, FilmTask } from '../../../src/inference/workers/film-tasks.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { startWorkerPool } from '../../../src/runtime/worker-pool.ts'
import { modelsDir } from '../../support/models.ts'
import { undoAfter } from '../../support/undo.ts'

test('a crop that kills its worker is found by halving the batch, and is the only one that fails', async (t) => {
  const undo = undoAfter(t)
  let replaced = 0
  const pool = await startWorkerPool<FilmTask, FilmAnswer>({
    name: 'film',
    file: new URL('../poisonable-worker.ts', import.meta.url),
    size: 1,
    workerData: undefined,
    taskTimeoutMs: 20_000,
    maxHeapMb: 64,
    logger: silentLogger,
    onReplaced: () => {
      replaced += 1
    },
  })
  undo(pool.stop)
  const [model] = (await openModelShelf(modelsDir, silentLogger)).classifiers
  assert.ok(model !== undefined)
  const crops = [1, 2, 255, 4, 5, 6, 7, 8].map((value) =>
    new Uint8Array(model.manifest.input.size ** 2).fill(value),
  )
  const classify = createClassifyCrop({ pool, batchSize: crops.length, maxWaitMs: 60_000 })
  const answers = await Promise.all(crops.map((crop) => classify(model, crop)))
  assert.deepEqual(
    answers.map((answer) => (answer.kind === 'ok' ? answer.value.reading.logits[0] : answer.code)),
    [1, 2, 'INFERENCE_CRASHED', 4, 5, 6, 7, 8],
  )
  // The whole, a half and a quarter with it, and twice alone.
  assert.equal(replaced, 5)
})
