import { readFile } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import { plainBytes } from '../../imaging/plain-bytes.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { readyMessage } from '../../runtime/worker-pool.ts'
import { gateFilm } from '../gate-film.ts'
import { movableFilm } from '../movable-film.ts'
import type { GatedFilm } from '../receive-film.ts'
import { applyNote } from './apply-note.ts'
import type { GateAnswer, GateTask } from './gate-tasks.ts'
import { openSealed } from './seal.ts'

/** The thread that opens films of the inbox and takes out of them what names a person. */
const port = parentPort
if (port === null) throw new Error('the gate worker runs as a worker thread')

const tooLarge: GatedFilm = {
  kind: 'refused',
  refusal: 'FILE_TOO_LARGE',
  detail: 'above 64 MiB',
  contentType: 'application/dicom',
  identity: {},
  attributes: {},
}

const answer = async (task: GateTask): Promise<GateAnswer> => {
  const content = openSealed(task.sealKey, task.name, await readFile(task.file))
  if (content === undefined) return { kind: 'sealed' }
  const { tooLargeBytes } = task
  if (tooLargeBytes !== undefined)
    return { kind: 'gated', gated: tooLarge, sha256: sha256Of(`${sha256Of(content)} ${tooLargeBytes}`) }
  const gated = await gateFilm(plainBytes(content), task.keys)
  return { kind: 'gated', gated: applyNote(gated, task.note), sha256: sha256Of(content) }
}

const send = (given: GateAnswer): void => {
  if (given.kind === 'sealed' || given.gated.kind === 'refused') return port.postMessage(given)
  const film = movableFilm(given.gated.film)
  port.postMessage({ ...given, gated: { ...given.gated, film } }, [film.buffer])
}

// A rejection is not caught: the thread dies, and the film is tried again alone.
port.on('message', (task: GateTask) => void answer(task).then(send))
port.postMessage(readyMessage())
