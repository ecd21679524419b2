import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { FilmAnswer, FilmTask, FilmWorkerData } from '../../src/inference/workers/film-tasks.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { sha256Of } from '../../src/runtime/sha256.ts'
import { startWorkerPool } from '../../src/runtime/worker-pool.ts'

const edge = 160
const packageFolder = 'models/inception-v3/1.1.0'

// The process aborted (Napi::Error) when the pool ended a thread that was within ONNX Runtime: after a time-out, which
// then came again with the film, and at a stop.
test('a reading that takes too long costs its task, and its thread ends when the library has let it go', async () => {
  const workerData: FilmWorkerData = {
    finders: [],
    cropSizes: [edge],
    provider: 'cpu',
  }
  const replaced: string[] = []
  const pool = await startWorkerPool<FilmTask, FilmAnswer>({
    name: 'slow',
    file: new URL('../../src/inference/workers/film-worker.ts', import.meta.url),
    size: 1,
    workerData,
    taskTimeoutMs: 400,
    maxHeapMb: 128,
    logger: silentLogger,
    onReplaced: ({ kind }) => replaced.push(kind),
  })
  const read = (count: number) =>
    pool.run({
      kind: 'classify',
      packageFolder,
      weightsDigest: sha256Of(readFileSync(`${packageFolder}/model.onnx`)),
      images: new Uint8Array(count * edge * edge),
      count,
    })
  // No processor reads so many within the limit.
  const answers = await Promise.all([read(300), read(300)])
  assert.deepEqual(
    answers.map((answer) => (answer.ok ? 'read' : answer.failure.kind)),
    ['timed-out', 'timed-out'],
  )
  void read(300)
  await pool.stop()
  assert.deepEqual(replaced, ['timed-out', 'timed-out'])
})
