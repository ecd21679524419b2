import { join } from 'node:path'
import type { DeadLetterCode, RejectionReason } from '../../src/contracts/reasons.ts'
import { createFileBlobStore } from '../../src/producers/file-blob-store.ts'
import type { GatedFilm, GateFilm } from '../../src/producers/receive-film.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import { startFilmIntake } from '../../src/producers/start-film-intake.ts'
import type { OutgoingRecord, StoredPosition, TopicTarget } from '../../src/runtime/kafka/types.ts'
import { type Logger, silentLogger } from '../../src/runtime/logger.ts'
import { startTelemetry } from '../../src/runtime/telemetry.ts'

export type LoggedRecord = { readonly topic: string; readonly record: OutgoingRecord }

/** What the fake broker does with a record: keeps it, loses it, or keeps it and loses the answer. */
export type Mishap = 'none' | 'lost' | 'answer-lost'

/** A log in the place of Kafka, that can fail at a chosen record. */
export const createFakeLog = (mishapAt: (topic: string, attempt: number) => Mishap = () => 'none') => {
  const records: LoggedRecord[] = []
  const attempts = new Map<string, number>()
  const publish = async (topic: TopicTarget, record: OutgoingRecord): Promise<StoredPosition> => {
    const attempt = (attempts.get(topic.name) ?? 0) + 1
    attempts.set(topic.name, attempt)
    const mishap = mishapAt(topic.name, attempt)
    if (mishap === 'lost') throw new Error('the broker is away')
    records.push({ topic: topic.name, record })
    if (mishap === 'answer-lost') throw new Error('the answer of the broker was lost')
    return { topic: topic.name, partition: 0, offset: String(records.length - 1) }
  }
  const of = (topic: string): OutgoingRecord[] =>
    records.filter((entry) => entry.topic === topic).map((entry) => entry.record)
  return { publish, records, of }
}

/** Takes the bytes for a film as they are: what a film says of itself is given beside it. */
export const plainGate =
  (about: Partial<GatedFilm> & { refusal?: RejectionReason | DeadLetterCode } = {}): GateFilm =>
  (bytes) => {
    const common = {
      contentType: about.contentType ?? ('application/dicom' as const),
      identity: about.identity ?? {},
      attributes: about.attributes ?? {},
    }
    return about.refusal === undefined
      ? { kind: 'passed', film: bytes, ...common }
      : { kind: 'refused', refusal: about.refusal, ...common }
  }

export type Cleaner = { after: (work: () => Promise<void> | void) => void }

let processes = 0

/** An intake as a process of its own would have it: nothing that another one holds is alive for it. */
export const openClinic = async (
  t: Cleaner,
  options: {
    folder: string
    log: Pick<ReturnType<typeof createFakeLog>, 'publish'>
    gate?: GateFilm
    now?: () => Date
    pause?: (ms: number, signal: AbortSignal) => Promise<void>
    logger?: Logger
  },
) => {
  const telemetry = startTelemetry({ service: 'test', version: '0' })
  processes += 1
  const id = `${processes}-test`
  const blobs = createFileBlobStore({ folder: join(options.folder, 'blobs'), logger: silentLogger })
  const intake = await startFilmIntake({
    spoolFolder: join(options.folder, 'spool'),
    gate: options.gate ?? plainGate(),
    publisher: options.log,
    blobs,
    keysOf: async (siteId) => seededSiteKeys({ siteId, seed: 'test' }),
    telemetry,
    logger: options.logger ?? silentLogger,
    now: options.now ?? (() => new Date('2026-03-01T10:00:00.000Z')),
    pause: options.pause ?? (async () => {}),
    owner: { id, isAlive: (other) => other === id },
  })
  t.after(async () => {
    await intake.stop()
    await telemetry.stop()
  })
  return { ...intake, blobs }
}
