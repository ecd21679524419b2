import { parentPort } from 'node:worker_threads'
import type { ClassifyTask, FilmAnswer } from '../../src/inference/workers/film-tasks.ts'
import { readyMessage } from '../../src/runtime/worker-pool.ts'

/** The brightness of a crop that kills the thread. */
const poison = 255

/** A film worker for tests: reads the brightness of each crop, and dies at a poisoned one. */
const port = parentPort
port?.on('message', ({ images, count }: ClassifyTask) => {
  if (images.includes(poison)) process.exit(9)
  const size = images.length / count
  const readings = Array.from({ length: count }, (_, crop) => ({
    logits: [images[crop * size] ?? 0, 0, 0],
    embedding: [],
  }))
  port.postMessage({ kind: 'classified', readings, provider: 'cpu' } satisfies FilmAnswer)
})
port?.postMessage(readyMessage())
