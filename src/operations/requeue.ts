import { randomUUID } from 'node:crypto'
import type { Command } from '../contracts/command.ts'
import type { BlobStore, DeadLetter, DeadLetterReader } from '../contracts/ports.ts'
import type { DeadLetterCode } from '../contracts/reasons.ts'
import { backfillTopic, imagesTopic } from '../contracts/topics.ts'
import type { ReadRecord } from '../runtime/kafka/read-records.ts'
import type { ConsumedRecord, RecordPublisher } from '../runtime/kafka/types.ts'
import { failed, type Outcome, ok } from '../runtime/outcome.ts'

export type RequeueDeps = {
  readonly deadLetters: Pick<DeadLetterReader, 'find'>
  readonly readRecord: ReadRecord
  readonly blobs: Pick<BlobStore, 'get'>
  readonly publisher: Pick<RecordPublisher, 'publish'>
  /** Stores the command in the audit trail. */
  readonly publishCommand: (command: Command) => Promise<void>
  readonly now: () => Date
}

export type Requeued = { readonly arrivalId: string; readonly attempt: number }
export type RequeueFailure =
  | Extract<DeadLetterCode, 'PAYLOAD_EXPIRED'>
  | 'NOT_A_DEAD_LETTER'
  | 'NOT_ATTRIBUTED'

/** Sends the record of a dead letter through screening again: same arrival, one attempt more. */
export type Requeue = (
  arrivalId: string,
  audit: { who: string; why: string },
) => Promise<Outcome<Requeued, never, RequeueFailure>>

const recordOf = (deps: RequeueDeps, letter: DeadLetter) =>
  deps.readRecord(letter.image.topic, letter.image.partition, BigInt(letter.image.offset))

/** The lane on which the film came; that of its first attempt. */
const laneOf = ({ image }: DeadLetter) => (image.topic === backfillTopic.name ? backfillTopic : imagesTopic)

/** Whether the film that a record's claim check names can still be had; a record without one holds its film. */
const hasFilm = async (deps: RequeueDeps, record: ConsumedRecord): Promise<boolean> => {
  const reference = record.headers['ce_dataref']
  return reference === undefined || (await deps.blobs.get(reference)) !== undefined
}

/** Creates the requeue: 1. the command is stored, 2. the film is published with its next attempt. */
export const createRequeue =
  (deps: RequeueDeps): Requeue =>
  async (arrivalId, audit) => {
    const letter = await deps.deadLetters.find(arrivalId)
    if (letter === undefined) return failed('NOT_A_DEAD_LETTER', 'no current dead letter has this arrival id')
    const record = await recordOf(deps, letter)
    if (record === undefined)
      return failed('PAYLOAD_EXPIRED', 'retention has taken the film: ask the clinic to send it again')
    if (record.headers['ce_id'] !== arrivalId || record.key === undefined)
      return failed('NOT_ATTRIBUTED', 'the record does not say which arrival it is')
    if (!(await hasFilm(deps, record)))
      return failed(
        'PAYLOAD_EXPIRED',
        'the film is no longer in the film store: ask the clinic to send it again',
      )
    const attempt = letter.attempt + 1
    const at = deps.now().toISOString()
    await deps.publishCommand({ commandId: randomUUID(), kind: 'requeue', arrivalId, attempt, ...audit, at })
    const headers = { ...record.headers, ce_attempt: String(attempt) }
    await deps.publisher.publish(laneOf(letter), { key: record.key, value: record.value, headers })
    return ok({ arrivalId, attempt })
  }
