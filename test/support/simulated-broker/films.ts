import type { FilmRecord } from '../../../src/contracts/film-record.ts'
import { imagesTopic, receiptsTopic } from '../../../src/contracts/topics.ts'
import type { Verdict, VerdictOutcome } from '../../../src/contracts/verdict.ts'
import { encodeJsonEvent } from '../../../src/runtime/json-event.ts'
import type { OutgoingRecord, StoredPosition } from '../../../src/runtime/kafka/types.ts'
import { deadLettered, finding, hex, hipOf, receiptOf, rejected, verdictOf } from '../results.ts'
import type { PlannedFilm } from './schedule.ts'

const receivedAt = '2026-03-10T10:00:00.000Z'
const instant = Date.parse(receivedAt).toString(16).padStart(12, '0')

export const arrivalIdOf = (index: number): string =>
  `${instant.slice(0, 8)}-${instant.slice(8)}-7000-8000-${index.toString(16).padStart(12, '0')}`

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
    'content-type': 'application/dicom',
    ce_specversion: '1.0',
    ce_type: `org.osteostream.${typeOf[planned.kind]}`,
    ce_source: '/sites/north-1',
    ce_id: arrivalIdOf(index),
    ce_subject: hex(`film ${planned.film}`),
    ce_time: receivedAt,
    ce_sentat: receivedAt,
    ce_siteid: 'north-1',
    ce_spoolid: arrivalIdOf(0),
    ce_sequence: String(index + 1),
    ce_lane: 'live',
    ce_sigversion: '1',
    ce_sitesig: `${'A'.repeat(86)}==`,
    ce_sitekeyid: 'k1',
    ce_contentsize: String(planned.bytes),
    ce_contentsha256: pixelsOf(planned),
    ce_subjectkey: hex(`film ${planned.film}`),
    ce_subjectfrom: 'patient',
    ce_attempt: '1',
    ce_attributes: '{}',
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
): ReturnType<typeof receiptOf> => ({
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
  const { attempt: _attempt, toldAt: _toldAt, ...receipt } = arrivalAt(planned, index, 1, at)
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
  const [topic = '', partition, offset = ''] = (record.headers['ce_firstrecord'] ?? '').split(':')
  const firstImage = attempt === 1 ? record.position : { topic, partition: Number(partition), offset }
  return { ...verdictOf(arrival, outcomeOf(planned, attempt)), firstImage, screenedAt }
}
