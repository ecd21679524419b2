import { parentPort, workerData } from 'node:worker_threads'
import { readyMessage } from '../../runtime/worker-pool.ts'
import { createMakeFile, type MakeFileOptions } from './make-file.ts'
import type { PlannedDelivery } from './plan-deliveries.ts'

const port = parentPort
if (port === null) throw new Error('this file runs as a worker')
const makeFile = createMakeFile(workerData as MakeFileOptions)

// One task at a time: the pool sends the next when this one is answered.
const answer = async (planned: PlannedDelivery): Promise<void> => {
  const made = await makeFile(planned)
  const bytes = new Uint8Array(made.bytes)
  port.postMessage({ ...made, bytes }, [bytes.buffer])
}

port.on('message', (planned: PlannedDelivery) => {
  // A rejection ends the worker, and so the task, with its message.
  void answer(planned)
})
port.postMessage(readyMessage())
