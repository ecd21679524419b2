import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '../../src/runtime/logger.ts'
import { startWorkerPool, type WorkerFailure } from '../../src/runtime/worker-pool.ts'

const startPool = async (
  t: { after: (work: () => Promise<void>) => void },
  replaced: WorkerFailure[] = [],
) => {
  const pool = await startWorkerPool<string, string>({
    name: 'test',
    file: new URL('../support/fragile-worker.ts', import.meta.url),
    size: 2,
    workerData: undefined,
    taskTimeoutMs: 6000,
    maxHeapMb: 64,
    logger: silentLogger,
    onReplaced: (failure) => replaced.push(failure),
  })
  t.after(pool.stop)
  return pool
}

test('a crash, a hang and a full heap cost their own task only', async (t) => {
  const replaced: WorkerFailure[] = []
  const pool = await startPool(t, replaced)
  const tasks = ['a', 'throw', 'b', 'exit', 'c', 'hang', 'd', 'heap', 'e']
  const answers = await Promise.all(tasks.map((task) => pool.run(task)))
  const told = answers.map((answer) => (answer.ok ? answer.value : answer.failure.kind))
  assert.deepEqual(told, ['A', 'crashed', 'B', 'crashed', 'C', 'timed-out', 'D', 'crashed', 'E'])
  assert.deepEqual(replaced.map(({ kind }) => kind).toSorted(), [
    'crashed',
    'crashed',
    'crashed',
    'timed-out',
  ])
})

test('a task is made when a worker is free for it', async (t) => {
  const pool = await startPool(t)
  const made: string[] = []
  const answers = ['a', 'b', 'c', 'd'].map((task) =>
    pool.runWhenFree(() => {
      made.push(task)
      return { task, transfer: [] }
    }),
  )
  assert.deepEqual(made, ['a', 'b'])
  const values = (await Promise.all(answers)).map((answer) => answer.ok && answer.value)
  assert.deepEqual(values, ['A', 'B', 'C', 'D'])
  assert.deepEqual(made, ['a', 'b', 'c', 'd'])
})

test('a pool that is stopped answers what was still queued', async (t) => {
  const pool = await startPool(t)
  const running = ['hang', 'hang', 'queued'].map((task) => pool.run(task))
  await pool.stop()
  const answers = await Promise.all(running)
  assert.deepEqual(
    answers.map((answer) => answer.ok),
    [false, false, false],
  )
})
