import { createHash } from 'node:crypto'
import { recordedAt } from '../contracts/film-record.ts'
import { recordPointerOf } from '../contracts/identifiers.ts'
import {
  alarmsTopic,
  correctionsTopic,
  receiptsTopic,
  referenceTestsTopic,
  sitesTopic,
  verdictsTopic,
} from '../contracts/topics.ts'
import type { UnattributedVerdict } from '../contracts/verdict.ts'
import { decodeJsonEvent, type JsonTopic } from '../runtime/json-event.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { ReadResult } from './result-batch.ts'

type Reader = (record: ConsumedRecord) => ReadResult

const reader =
  <Data>(topic: JsonTopic<Data>, wrap: (data: Data) => ReadResult): Reader =>
  (record) => {
    // A tombstone of a compacted topic says that an entry is gone; the rows it made stay as history.
    if (record.value.length === 0) return { kind: 'nothing' }
    const decoded = decodeJsonEvent(topic, record)
    return decoded.kind === 'ok' ? wrap(decoded.data) : { kind: 'verdict', data: unreadable(record) }
  }

const readers: ReadonlyMap<string, Reader> = new Map([
  [receiptsTopic.name, reader(receiptsTopic, (data) => ({ kind: 'receipt', data }))],
  [verdictsTopic.name, reader(verdictsTopic, (data) => ({ kind: 'verdict', data }))],
  [referenceTestsTopic.name, reader(referenceTestsTopic, (data) => ({ kind: 'referenceTest', data }))],
  [correctionsTopic.name, reader(correctionsTopic, (data) => ({ kind: 'correction', data }))],
  [alarmsTopic.name, reader(alarmsTopic, (data) => ({ kind: 'alarm', data }))],
  [sitesTopic.name, reader(sitesTopic, (data) => ({ kind: 'site', data }))],
])

/** The headers of a record that the sink reads. */
export const sinkHeaders: readonly string[] = ['ce_type', 'traceparent']

/** The topics that the sink follows. */
export const sinkTopics: readonly string[] = [...readers.keys()]

/** Reads a record of a topic that the sink follows; what cannot be read is booked under its position. */
export const readResult: Reader = (record) => readers.get(record.topic)?.(record) ?? { kind: 'nothing' }

/** The same bytes on every run, so that a replay rewrites the row. */
const unreadable = (record: ConsumedRecord): UnattributedVerdict => {
  const image = { topic: record.topic, partition: record.partition, offset: record.offset.toString() }
  const at = recordedAt(record.timestampMs)
  return {
    attributed: false,
    pointer: recordPointerOf(image),
    receivedAt: at,
    screenedAt: at,
    image,
    attempt: 1,
    outcome: {
      kind: 'deadLettered',
      code: 'EVENT_SCHEMA_INVALID',
      detail: 'the record does not match the schema of its topic',
      size: record.value.length,
      digest: createHash('sha256').update(record.value).digest('hex'),
      headers: {},
    },
  }
}
