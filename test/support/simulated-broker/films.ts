import type { FilmRecord } from '../../../src/contracts/film-record.ts'
import type { Receipt } from '../../../src/contracts/receipt.ts'
import { imagesTopic, receiptsTopic } from '../../../src/contracts/topics.ts'
import type { Verdict, VerdictOutcome } from '../../../src/contracts/verdict.ts'
import { encodeJsonEvent } from '../../../src/runtime/json-event.ts'
import type { OutgoingRecord, StoredPosition } from '../../../src/runtime/kafka/types.ts'
import { deadLettered, finding, hex, hipOf, receiptOf, rejected, verdictOf } from '../results.ts'
import type { PlannedFilm } from './schedule.ts'

export const arrivalIdOf = (index: number): string =>
  `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`

/** The header by which a simulated screener knows which planned film it has; real films have pixels instead. */
const plannedHeader = 'planned'
const typeOf = { film: 'image.v1', unreadable: 'none', laterVersion: 'image.v2' } as const

export const pixelsOf = (planned: PlannedFilm): string =>
  hex(`pixels ${planned.pixels} of film ${planned.film}`)

/** The image record of an arrival as its clinic publishes it. */
export const imageRecordOf = (planned: PlannedFilm, index: number): OutgoingRecord => ({
  key: hex(`film ${planned.film}`),
  value: new Uint8Array(planned.isStored ? 0 : planned.bytes),
  headers: {
    ce_type: `org.osteostream.${typeOf[planned.kind]}`,
    ce_id: arrivalIdOf(index),
    ce_attempt: '1',
    ce_contentsize: String(planned.bytes),
    ...(planned.isStored ? { ce_dataref: `blob:sha256:${pixelsOf(planned)}` } : {}),
    [plannedHeader]: String(index),
  },
})

/** What arrival, attempt and position a record stands for. */
const arrivalAt = (
  planned: PlannedFilm,
  index: number,
  attempt: number,
  at: { partition: number; offset: string },
): Receipt => ({
  ...receiptOf({
    film: `film ${planned.film}`,
    arrivalId: arrivalIdOf(index),
    partition: at.partition,
    offset: Number(at.offset),
    attempt,
  }),
  contentSize: planned.bytes,
  contentSha256: pixelsOf(planned),
})

/** The receipt record of an arrival whose image was acknowledged at a position. */
export const receiptRecordOf = (
  planned: PlannedFilm,
  index: number,
  at: StoredPosition,
  time: string,
): OutgoingRecord => {
  const receipt = arrivalAt(planned, index, 1, at)
  const metadata = { id: receipt.arrivalId, subject: receipt.eventId, source: '/simulated', time }
  return encodeJsonEvent(receiptsTopic, receipt.eventId, metadata, receipt)
}

const healthy = finding([hipOf('left', 'normal')])

const withPixels = (outcome: VerdictOutcome, pixelHash: string): VerdictOutcome =>
  outcome.kind === 'deadLettered' ? outcome : { ...outcome, pixelHash }

/** The same film gives the same outcome at every screening of an attempt. */
export const outcomeOf = (planned: PlannedFilm, attempt: number): VerdictOutcome => {
  if (planned.fate === 'breaks') return { ...deadLettered, code: 'ENGINE_FAULT' }
  if (planned.fate === 'hangs') return { ...deadLettered, code: 'SET_ASIDE' }
  if (planned.fate === 'deadLettered' || (planned.fate === 'heals' && attempt === 1)) return deadLettered
  return withPixels(planned.fate === 'rejected' ? rejected : healthy, pixelsOf(planned))
}

/** Which planned film and attempt an image record is. */
export const plannedIn = (headers: Readonly<Record<string, string>>): { index: number; attempt: number } => ({
  index: Number(headers[plannedHeader]),
  attempt: Number(headers['ce_attempt']),
})

/** What the engine says of an image record. */
export const verdictOn = (films: readonly PlannedFilm[], record: FilmRecord, screenedAt: string): Verdict => {
  const { index, attempt } = plannedIn(record.headers)
  const planned = films[index]
  if (planned === undefined || planned.kind === 'unreadable')
    return {
      attributed: false,
      pointer: `${imagesTopic.name}:${record.position.partition}:${record.position.offset}`,
      receivedAt: record.timestamp,
      image: record.position,
      attempt: 1,
      screenedAt,
      outcome: deadLettered,
    }
  const arrival = arrivalAt(planned, index, attempt, record.position)
  return { ...verdictOf(arrival, outcomeOf(planned, attempt)), screenedAt }
}
