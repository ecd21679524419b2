import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { silentLogger } from '../../src/runtime/logger.ts'
import { startWorkerPool } from '../../src/runtime/worker-pool.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const pool = new URL('../../src/runtime/worker-pool.ts', import.meta.url)

/** A worker that answers in capitals and ends when it is told; it needs the file `marker` to start. */
const source = (marker: string): string => `
  import { readFileSync } from 'node:fs'
  import { parentPort } from 'node:worker_threads'
  import { readyMessage } from ${JSON.stringify(pool.href)}
  readFileSync(${JSON.stringify(marker)})
  parentPort.on('message', (task) => (task === 'end' ? process.exit(3) : parentPort.postMessage(task.toUpperCase())))
  parentPort.postMessage(readyMessage())
`

// The restart of the last worker failed once (memory, descriptors, a file that was being replaced): no task was ever answered
// again, and the process went on with its heartbeats.
test('a pool whose workers cannot start answers that it has none, and has them again when they can', async (t) => {
  const undo = undoAfter(t)
  const folder = await tempDir(t)
  const [file, marker] = [join(folder, 'worker.mjs'), join(folder, 'marker')]
  await writeFile(file, source(marker))
  await writeFile(marker, '')
  const running = await startWorkerPool<string, string>({
    name: 'test',
    file: pathToFileURL(file),
    size: 2,
    workerData: undefined,
    taskTimeoutMs: 60_000,
    maxHeapMb: 64,
    firstRestartMs: 10,
    logger: silentLogger,
  })
  undo(running.stop)
  await rm(marker)
  const ends = await Promise.all([
    running.run('end'),
    running.run('end'),
    running.run('waits'),
    running.run('waits'),
  ])
  const kinds = ends.map((answer) => (answer.ok ? answer.value : answer.failure.kind))
  assert.deepEqual(kinds.slice(0, 2), ['crashed', 'crashed'])
  assert.deepEqual(kinds.slice(2), ['unavailable', 'unavailable'], 'these may be tried again')
  const later = await running.run('later')
  assert.deepEqual([running.up(), later.ok ? later.value : later.failure.kind], [0, 'unavailable'])
  await writeFile(marker, '')
  await waitFor('both workers', () => running.up() === 2)
  const again = await running.run('again')
  assert.equal(again.ok && again.value, 'AGAIN')
})

test('a worker that never says that it is ready is ended and started again', async (t) => {
  const folder = await tempDir(t)
  const file = join(folder, 'worker.mjs')
  await writeFile(file, 'setInterval(() => {}, 1000)')
  await assert.rejects(
    startWorkerPool({
      name: 'test',
      file: pathToFileURL(file),
      size: 1,
      workerData: undefined,
      taskTimeoutMs: 1000,
      maxHeapMb: 64,
      startLimitMs: 300,
      logger: silentLogger,
    }),
    /not ready within 300 ms/,
  )
})
