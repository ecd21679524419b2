import { parentPort } from 'node:worker_threads'
import { readyMessage } from '../../src/runtime/worker-pool.ts'

/** A worker for tests: answers in capitals, or dies in the way that it is told. */
const port = parentPort
const answers: Record<string, () => void> = {
  throw: () => {
    throw new Error('thrown on purpose')
  },
  exit: () => process.exit(3),
  hang: () => {
    for (;;);
  },
  heap: () => {
    const hoard: number[][] = []
    for (;;) hoard.push(Array.from({ length: 100_000 }, Math.random))
  },
}
port?.on('message', (task: string) => {
  answers[task]?.()
  port.postMessage(task.toUpperCase())
})
port?.postMessage(readyMessage())
