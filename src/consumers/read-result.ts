import { recordedAt } from '../contracts/film-record.ts'
import { recordPointerOf } from '../contracts/identifiers.ts'
import type { DeadLetterCode } from '../contracts/reasons.ts'
import { siteEntryKeyOf } from '../contracts/site.ts'
import {
  alarmsTopic,
  announcementsTopic,
  canariesTopic,
  commandsTopic,
  correctionsTopic,
  historyTopic,
  phantomsTopic,
  populationsTopic,
  receiptsTopic,
  referenceTestsTopic,
  reportsTopic,
  sitesTopic,
  type TopicDeclaration,
  verdictsTopic,
  withheldTopic,
} from '../contracts/topics.ts'
import type { UnattributedVerdict } from '../contracts/verdict.ts'
import { decodeJsonEvent, type JsonTopic } from '../runtime/json-event.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { createSignatureCheck } from '../runtime/signatures.ts'
import { type FindKeys, hasEngineMac, signingSiteOf, voucherHeaders } from '../runtime/vouched-record.ts'
import type { ReadResult } from './result-batch.ts'

/** Reads one record of a topic that the sink follows. */
export type ReadRecordOfSink = (record: ConsumedRecord) => ReadResult

export type ReadResultDeps = {
  /** The key of the engine's MAC. */
  readonly engineKey: Uint8Array
  readonly findKeys: FindKeys
  /** Whether the people of a site are simulated. */
  readonly isSynthetic: (siteId: string, instant: string) => boolean
}

type SinkTopic<Data> = JsonTopic<Data> & Pick<TopicDeclaration, 'name' | 'voucher'>

/** Who vouches for a record: the engine, a site, Kafka; undefined where nobody does who may. */
type Vouches = (record: ConsumedRecord) => { readonly siteId?: string } | undefined

const createVouches = (deps: ReadResultDeps, { voucher }: Pick<TopicDeclaration, 'voucher'>): Vouches => {
  const isSigned = createSignatureCheck()
  // A receipt carries its film's signature, which is checked by whoever reads a receipt without a verdict.
  if (voucher === 'kafka' || voucher === 'film') return () => ({})
  return (record) => {
    if (hasEngineMac(deps.engineKey, record)) return {}
    const siteId = voucher === 'siteOrEngine' ? signingSiteOf(record, deps.findKeys, isSigned) : undefined
    return siteId === undefined ? undefined : { siteId }
  }
}

const siteIdOf = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'siteId' in data ? data.siteId : undefined

const createReader = <Data>(
  deps: ReadResultDeps,
  topic: SinkTopic<Data>,
  wrap: (data: Data, record: ConsumedRecord) => ReadResult | undefined,
): ReadRecordOfSink => {
  const vouches = createVouches(deps, topic)
  return (record) => {
    const voucher = vouches(record)
    if (voucher === undefined) return refused(record, 'CONTROL_NOT_VOUCHED')
    // A tombstone says that an entry is gone; the rows it made stay as history.
    if (record.value.length === 0) return { kind: 'nothing' }
    const decoded = decodeJsonEvent(topic, record)
    if (decoded.kind !== 'ok') return refused(record, 'EVENT_SCHEMA_INVALID')
    // A site speaks for itself alone.
    if (voucher.siteId !== undefined && siteIdOf(decoded.data) !== voucher.siteId)
      return refused(record, 'CONTROL_NOT_VOUCHED')
    return wrap(decoded.data, record) ?? refused(record, 'EVENT_SCHEMA_INVALID')
  }
}

const toldAt = ({ timestampMs }: ConsumedRecord): string => recordedAt(timestampMs)

const createReaders = (deps: ReadResultDeps): ReadonlyMap<string, ReadRecordOfSink> =>
  new Map([
    [
      receiptsTopic.name,
      createReader(deps, receiptsTopic, (data, record) => ({
        kind: 'receipts',
        data: { ...data, toldAt: toldAt(record) },
      })),
    ],
    [verdictsTopic.name, createReader(deps, verdictsTopic, (data) => ({ kind: 'verdicts', data }))],
    [
      referenceTestsTopic.name,
      createReader(deps, referenceTestsTopic, (data) => ({ kind: 'referenceTests', data })),
    ],
    [correctionsTopic.name, createReader(deps, correctionsTopic, (data) => ({ kind: 'corrections', data }))],
    [alarmsTopic.name, createReader(deps, alarmsTopic, (data) => ({ kind: 'alarms', data }))],
    [
      sitesTopic.name,
      createReader(deps, sitesTopic, (data, record) =>
        record.key === siteEntryKeyOf(data)
          ? { kind: 'sites', data: { ...data, toldAt: record.headers['ce_time'] ?? toldAt(record) } }
          : undefined,
      ),
    ],
    [commandsTopic.name, createReader(deps, commandsTopic, (data) => ({ kind: 'commands', data }))],
    [withheldTopic.name, createReader(deps, withheldTopic, (data) => ({ kind: 'withheld', data }))],
    [
      announcementsTopic.name,
      createReader(deps, announcementsTopic, (data) => ({ kind: 'announcements', data })),
    ],
    [phantomsTopic.name, createReader(deps, phantomsTopic, (data) => ({ kind: 'phantoms', data }))],
    [canariesTopic.name, createReader(deps, canariesTopic, (data) => ({ kind: 'canaries', data }))],
    [
      historyTopic.name,
      // Drawn people must never stand beside real ones.
      createReader(deps, historyTopic, (data) =>
        deps.isSynthetic(data.siteId, data.receivedAt) ? { kind: 'history', data } : undefined,
      ),
    ],
    [reportsTopic.name, createReader(deps, reportsTopic, (data) => ({ kind: 'reports', data }))],
    [populationsTopic.name, createReader(deps, populationsTopic, (data) => ({ kind: 'populations', data }))],
  ])

/** The headers of a record that the sink reads. */
export const sinkHeaders: readonly string[] = ['ce_type', 'traceparent', ...voucherHeaders]

/** The topics that the sink follows. */
export const sinkTopics: readonly string[] = [
  ...createReaders({ engineKey: new Uint8Array(0), findKeys: () => [], isSynthetic: () => false }).keys(),
]

/** Creates the reader of every topic that the sink follows; what cannot be read or believed is booked under its place. */
export const createReadResult = (deps: ReadResultDeps): ReadRecordOfSink => {
  const readers = createReaders(deps)
  return (record) => readers.get(record.topic)?.(record) ?? { kind: 'nothing' }
}

const details = {
  EVENT_SCHEMA_INVALID: 'the record does not match the schema of its topic',
  CONTROL_NOT_VOUCHED: 'nobody who may has signed the record',
} as const satisfies Partial<Record<DeadLetterCode, string>>

/** The same bytes on every run, so that a replay rewrites the row. */
const refused = (record: ConsumedRecord, code: keyof typeof details): ReadResult => {
  const image = { topic: record.topic, partition: record.partition, offset: record.offset.toString() }
  const at = toldAt(record)
  const data: UnattributedVerdict = {
    attributed: false,
    pointer: recordPointerOf(image),
    receivedAt: at,
    screenedAt: at,
    image,
    attempt: 1,
    outcome: {
      kind: 'deadLettered',
      code,
      detail: details[code],
      size: record.value.length,
      digest: sha256Of(record.value),
      headers: {},
    },
  }
  return { kind: 'verdicts', data }
}
