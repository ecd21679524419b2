import { randomUUID } from 'node:crypto'
import { type Correction, correctionSchema } from '../contracts/correction.ts'
import { correctionsTopic } from '../contracts/topics.ts'
import { SetupError } from '../runtime/errors.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'

/** A correction as a person asks for it, without the id and the time that it gets here. */
export type CorrectionDraft =
  | Omit<Extract<Correction, { kind: 'erase' }>, 'correctionId' | 'at'>
  | Omit<Extract<Correction, { kind: 'retract' }>, 'correctionId' | 'at'>
  | Omit<Extract<Correction, { kind: 'relink' }>, 'correctionId' | 'at'>

const keyOf = (correction: Correction): string =>
  correction.kind === 'retract' ? correction.eventId : correction.subjectKey

/** Checks a draft against the contract. Throws SetupError SETTING_INVALID that names the field and what it takes. */
export const correctionOf = (draft: CorrectionDraft, now: Date): Correction => {
  const correction = { ...draft, correctionId: randomUUID(), at: now.toISOString() }
  const parsed = correctionSchema.safeParse(correction)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new SetupError(
    'SETTING_INVALID',
    `this is no correction: ${faults.join('; ')}`,
    'keys and event ids are 64 hex digits; see docs/runbook/corrections.md',
  )
}

/** Publishes a correction; it resolves when Kafka has stored it. */
export const publishCorrection = async (
  publisher: Pick<RecordPublisher, 'publish'>,
  correction: Correction,
): Promise<void> => {
  const key = keyOf(correction)
  const metadata = { id: correction.correctionId, subject: key, source: '/corrections', time: correction.at }
  await publisher.publish(correctionsTopic, encodeJsonEvent(correctionsTopic, key, metadata, correction))
}
