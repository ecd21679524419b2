import { randomUUID } from 'node:crypto'
import type { Command } from '../contracts/command.ts'
import type { DeadLetter, DeadLetterReader } from '../contracts/dead-letter.ts'
import { largestAttempt, recordPointerOf } from '../contracts/identifiers.ts'
import { imageHeadersSchema, type RequeuedFilm, requeuedText } from '../contracts/image-event.ts'
import type { BlobStore } from '../contracts/ports.ts'
import type { DeadLetterCode } from '../contracts/reasons.ts'
import { backfillTopic, imagesTopic } from '../contracts/topics.ts'
import type { ReadRecord } from '../runtime/kafka/read-records.ts'
import type { ConsumedRecord, RecordPublisher } from '../runtime/kafka/types.ts'
import { failed, type Outcome, ok } from '../runtime/outcome.ts'
import { macOf } from '../runtime/signatures.ts'

export type RequeueDeps = {
  readonly deadLetters: Pick<DeadLetterReader, 'find'>
  readonly readRecord: ReadRecord
  readonly blobs: Pick<BlobStore, 'get'>
  readonly publisher: Pick<RecordPublisher, 'publish'>
  /** Under which the engine vouches for the attempt. */
  readonly engineKey: Uint8Array
  /** Stores the command in the audit trail. */
  readonly publishCommand: (command: Command) => Promise<void>
  readonly now: () => Date
}

export type Requeued = { readonly arrivalId: string; readonly attempt: number }
export type RequeueFailure =
  | Extract<DeadLetterCode, 'PAYLOAD_EXPIRED'>
  | 'NOT_A_DEAD_LETTER'
  | 'NOT_ATTRIBUTED'
  | 'ARRIVAL_AMBIGUOUS'
  | 'TOO_MANY_ATTEMPTS'

/** Which dead letter: an arrival id, or the pointer of a record that is not believed; and whose, where two clinics use the id. */
export type RequeueTarget = { readonly arrivalId: string; readonly siteId?: string | undefined }

/** Sends the record of a dead letter through screening again: same arrival, one attempt more. */
export type Requeue = (
  target: RequeueTarget,
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

/** The next attempt at what the record claims to be; undefined where it does not say, or says another arrival. */
const nextOf = (letter: DeadLetter, record: ConsumedRecord): RequeuedFilm | undefined => {
  const headers = imageHeadersSchema.safeParse(record.headers).data
  if (headers === undefined || record.key !== headers.ce_subject) return undefined
  const { ce_siteid: siteId, ce_id: arrivalId } = headers
  // A record that is not believed may claim any attempt: the engine counts from the first.
  const attempt = letter.attributed ? letter.attempt + 1 : 2
  if (letter.attributed && (arrivalId !== letter.arrivalId || siteId !== letter.siteId)) return undefined
  const firstRecord = recordPointerOf(letter.firstImage)
  return { siteId, arrivalId, attempt, firstRecord, firstAppendedAt: letter.firstAppendedAt }
}

const find = async (
  deps: RequeueDeps,
  { arrivalId, siteId }: RequeueTarget,
): Promise<Outcome<DeadLetter, never, RequeueFailure>> => {
  const [letter, ...others] = await deps.deadLetters.find(arrivalId, siteId)
  if (letter === undefined) return failed('NOT_A_DEAD_LETTER', 'no current dead letter has this arrival id')
  return others.length === 0
    ? ok(letter)
    : failed('ARRIVAL_AMBIGUOUS', 'several clinics use this arrival id: name the clinic')
}

/**
 * Creates the requeue: 1. the command is stored, 2. the film is published with its next attempt, for which the engine
 * vouches. What the record says is checked again when it is screened: the MAC says only that the engine has sent it.
 */
export const createRequeue =
  (deps: RequeueDeps): Requeue =>
  async (target, audit) => {
    const found = await find(deps, target)
    if (found.kind !== 'ok') return found
    const letter = found.value
    const record = await recordOf(deps, letter)
    if (record === undefined)
      return failed('PAYLOAD_EXPIRED', 'retention has taken the film: ask the clinic to send it again')
    const next = nextOf(letter, record)
    if (next === undefined) return failed('NOT_ATTRIBUTED', 'the record does not say which arrival it is')
    if (next.attempt > largestAttempt)
      return failed(
        'TOO_MANY_ATTEMPTS',
        `${largestAttempt} attempts were made: ask the clinic to send it again`,
      )
    if (!(await hasFilm(deps, record)))
      return failed(
        'PAYLOAD_EXPIRED',
        'the film is no longer in the film store: ask the clinic to send it again',
      )
    const { arrivalId, siteId, attempt } = next
    const at = deps.now().toISOString()
    await deps.publishCommand({
      commandId: randomUUID(),
      kind: 'requeue',
      siteId,
      arrivalId,
      attempt,
      ...audit,
      at,
    })
    const headers = {
      ...record.headers,
      ce_attempt: String(attempt),
      ce_firstrecord: next.firstRecord,
      ce_firstappendedat: next.firstAppendedAt,
      ce_enginemac: macOf(deps.engineKey, requeuedText(next)),
    }
    await deps.publisher.publish(laneOf(letter), { key: record.key ?? '', value: record.value, headers })
    return ok({ arrivalId, attempt })
  }
