import { parentPort, workerData } from 'node:worker_threads'
import { readyMessage } from '../../runtime/worker-pool.ts'
import { createClassifyTask } from './classify-task.ts'
import type { FilmAnswer, FilmTask, FilmWorkerData } from './film-tasks.ts'
import { createHeatTask } from './heat-task.ts'
import { createPrepareTask } from './prepare-task.ts'

/** The thread that decodes, cuts and classifies: the main thread only waits. */
const port = parentPort
if (port === null) throw new Error('the film worker runs as a worker thread')
const data: FilmWorkerData = workerData
const prepare = await createPrepareTask(data)
const classify = createClassifyTask(data)

const readHeat = createHeatTask(data)

const answer = (task: FilmTask): Promise<FilmAnswer> => {
  if (task.kind === 'prepare') return prepare(task)
  return task.kind === 'heat' ? readHeat(task) : classify(task)
}

// An exception is not caught: the thread dies, the pool seats another, and the film is tried again alone.
port.on('message', (task: FilmTask) => void answer(task).then((given) => port.postMessage(given)))
port.postMessage(readyMessage())
