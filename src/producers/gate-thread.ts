import { parentPort } from 'node:worker_threads'
import { readyMessage } from '../runtime/worker-pool.ts'
import { gateFilm } from './gate-film.ts'
import type { ThreadGateTask } from './gate-in-thread.ts'
import { movableFilm } from './movable-film.ts'
import type { GatedFilm } from './receive-film.ts'

/** The thread that gates films which have to be decoded. */
const port = parentPort
if (port === null) throw new Error('the gate runs as a worker thread')

const send = (gated: GatedFilm): void => {
  if (gated.kind === 'refused') return port.postMessage(gated)
  const film = movableFilm(gated.film)
  port.postMessage({ ...gated, film }, [film.buffer])
}

// A rejection is not caught: the thread dies, and the film is tried again alone.
port.on(
  'message',
  ({ bytes, keys }: ThreadGateTask) => void Promise.resolve(gateFilm(bytes, keys)).then(send),
)
port.postMessage(readyMessage())
