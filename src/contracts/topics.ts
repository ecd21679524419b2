import type { z } from 'zod'
import { alarmEventType, alarmSchema } from './alarm.ts'
import { announcementEventType, announcementSchema } from './announcement.ts'
import { canaryReadingEventType, canaryReadingSchema } from './canary-reading.ts'
import { commandEventType, commandSchema } from './command.ts'
import { correctionEventType, correctionSchema } from './correction.ts'
import { historyReadingEventType, historyReadingSchema } from './history-reading.ts'
import { imageEventType, imageHeadersSchema } from './image-event.ts'
import type { FilmLane } from './lane.ts'
import { modelActivationEventType, modelActivationSchema } from './model-activation.ts'
import { phantomReadingEventType, phantomReadingSchema } from './phantom-reading.ts'
import { populationEventType, populationSchema } from './population.ts'
import { receiptEventType, receiptSchema } from './receipt.ts'
import { referenceTestEventType, referenceTestSchema } from './reference-test.ts'
import { reportEventType, reportSchema } from './report.ts'
import { siteEventType, siteSchema } from './site.ts'
import { verdictEventType, verdictSchema } from './verdict.ts'
import type { Voucher } from './voucher.ts'
import { withheldEventType, withheldSchema } from './withheld.ts'

/** How a topic is made and what travels on it. The number of partitions is fixed for a topic version. */
export type TopicDeclaration<Schema extends z.ZodType = z.ZodType> = {
  readonly name: string
  readonly eventType: string
  readonly summary: string
  /** What the record key holds; murmur2 (the Java default) chooses the partition. */
  readonly key: string
  readonly partitions: number
  readonly cleanup: 'delete'
  /** -1 keeps records for ever. */
  readonly retentionMs: number
  readonly maxMessageBytes: number
  readonly compression: 'none' | 'zstd'
  /** Who vouches for its records; what nobody vouches for is refused. */
  readonly voucher: Voucher
  /** JSON in the record value, or the headers where the value is the film itself. */
  readonly encoding: 'json' | 'film'
  readonly schema: Schema
}

const dayMs = 24 * 60 * 60 * 1000
const small = {
  cleanup: 'delete',
  retentionMs: -1,
  maxMessageBytes: 1024 * 1024,
  compression: 'zstd',
  encoding: 'json',
} as const

/** Films: kept longer than the window in which a dead letter can be requeued (30 days). */
export const imagesTopic = {
  name: 'hip.images.v1',
  eventType: imageEventType,
  summary: 'one de-identified film a record, signed by its site',
  key: 'eventId',
  partitions: 12,
  cleanup: 'delete',
  retentionMs: 45 * dayMs,
  maxMessageBytes: 12 * 1024 * 1024,
  compression: 'none',
  voucher: 'film',
  encoding: 'film',
  schema: imageHeadersSchema,
} as const satisfies TopicDeclaration

/**
 * Films of an archive: the same events on a lane of their own, screened with what live films leave. Key and partitions
 * are those of the live lane, so that all arrivals of a film have one partition number.
 */
export const backfillTopic = {
  ...imagesTopic,
  name: 'hip.backfill.v1',
  summary: 'films of an archive, signed by its site: screened when live films leave room',
} as const satisfies TopicDeclaration

/** The lanes on which films travel. */
export const filmLanes = {
  live: imagesTopic,
  backfill: backfillTopic,
} as const satisfies Record<FilmLane, TopicDeclaration>

export const receiptsTopic = {
  ...small,
  voucher: 'film',
  name: 'hip.receipts.v1',
  eventType: receiptEventType,
  summary: 'the engine has stored an arrival of a film',
  key: 'eventId',
  partitions: 12,
  schema: receiptSchema,
} as const satisfies TopicDeclaration

export const verdictsTopic = {
  ...small,
  voucher: 'kafka',
  name: 'hip.verdicts.v1',
  eventType: verdictEventType,
  summary: 'what became of an arrival: a finding, a rejection or a dead letter',
  key: 'eventId',
  partitions: 12,
  schema: verdictSchema,
} as const satisfies TopicDeclaration

export const referenceTestsTopic = {
  ...small,
  voucher: 'siteOrEngine',
  name: 'hip.reference-tests.v1',
  eventType: referenceTestEventType,
  summary: 'bone-density measurements of people whose hips were filmed',
  key: 'subjectKey',
  partitions: 6,
  schema: referenceTestSchema,
} as const satisfies TopicDeclaration

export const correctionsTopic = {
  ...small,
  voucher: 'siteOrEngine',
  name: 'hip.corrections.v1',
  eventType: correctionEventType,
  summary: 'erasures, retractions and relinked people',
  key: 'subjectKey, or eventId for a retraction',
  partitions: 1,
  schema: correctionSchema,
} as const satisfies TopicDeclaration

export const modelsTopic = {
  ...small,
  voucher: 'engine',
  name: 'hip.models.v1',
  eventType: modelActivationEventType,
  summary: 'which model package is active from when',
  key: 'activationId',
  partitions: 1,
  schema: modelActivationSchema,
} as const satisfies TopicDeclaration

export const sitesTopic = {
  ...small,
  voucher: 'engine',
  name: 'hip.sites.v1',
  eventType: siteEventType,
  summary: 'the site registry with validity periods and public keys',
  key: 'siteId and validFrom, joined by @',
  partitions: 1,
  schema: siteSchema,
} as const satisfies TopicDeclaration

export const commandsTopic = {
  ...small,
  voucher: 'engine',
  name: 'hip.commands.v1',
  eventType: commandEventType,
  summary: 'what people told the engine to do: the audit trail',
  key: 'commandId',
  partitions: 1,
  schema: commandSchema,
} as const satisfies TopicDeclaration

export const alarmsTopic = {
  ...small,
  voucher: 'kafka',
  name: 'hip.alarms.v1',
  eventType: alarmEventType,
  summary: 'what a person must look at',
  key: 'alarmId',
  partitions: 1,
  schema: alarmSchema,
} as const satisfies TopicDeclaration

export const withheldTopic = {
  ...small,
  voucher: 'siteOrEngine',
  name: 'hip.withheld.v1',
  eventType: withheldEventType,
  summary: 'numbers of a spool whose films must not leave the clinic',
  key: 'siteId',
  partitions: 1,
  schema: withheldSchema,
} as const satisfies TopicDeclaration

export const announcementsTopic = {
  ...small,
  voucher: 'siteOrEngine',
  name: 'hip.announcements.v1',
  eventType: announcementEventType,
  summary: 'changes that clinics announce',
  key: 'siteId',
  partitions: 1,
  schema: announcementSchema,
} as const satisfies TopicDeclaration

export const phantomsTopic = {
  ...small,
  voucher: 'kafka',
  name: 'hip.phantoms.v1',
  eventType: phantomReadingEventType,
  summary: 'what was read of the quality films of a phantom',
  key: 'siteId',
  partitions: 1,
  schema: phantomReadingSchema,
} as const satisfies TopicDeclaration

export const canariesTopic = {
  ...small,
  voucher: 'kafka',
  name: 'hip.canaries.v1',
  eventType: canaryReadingEventType,
  summary: 'what was read of films that never change',
  key: 'film',
  partitions: 1,
  schema: canaryReadingSchema,
} as const satisfies TopicDeclaration

export const historyTopic = {
  ...small,
  voucher: 'engine',
  name: 'hip.history.v1',
  eventType: historyReadingEventType,
  summary: 'drawn people of a demonstration: never at sites with real people',
  key: 'siteId',
  partitions: 6,
  schema: historyReadingSchema,
} as const satisfies TopicDeclaration

export const reportsTopic = {
  ...small,
  voucher: 'kafka',
  name: 'hip.reports.v1',
  eventType: reportEventType,
  summary: 'revisions of what the monitor says',
  key: 'scope, window and method, joined by |',
  partitions: 1,
  schema: reportSchema,
} as const satisfies TopicDeclaration

export const populationsTopic = {
  ...small,
  voucher: 'engine',
  name: 'hip.populations.v1',
  eventType: populationEventType,
  summary: 'how many people live in a region',
  key: 'region, year, sex and age band, joined by |',
  partitions: 1,
  schema: populationSchema,
} as const satisfies TopicDeclaration

/** Every topic of version 1. */
export const topics: readonly TopicDeclaration[] = [
  imagesTopic,
  backfillTopic,
  receiptsTopic,
  verdictsTopic,
  referenceTestsTopic,
  correctionsTopic,
  modelsTopic,
  sitesTopic,
  commandsTopic,
  alarmsTopic,
  withheldTopic,
  announcementsTopic,
  phantomsTopic,
  canariesTopic,
  historyTopic,
  reportsTopic,
  populationsTopic,
]

/** The topics without those that carry an event that another one has described: both lanes carry the same film event. */
export const topicOfEachEvent: readonly TopicDeclaration[] = topics.filter(
  ({ eventType }, index) => topics.findIndex((other) => other.eventType === eventType) === index,
)

/** Consumer groups whose committed offsets the ledger reads. */
export const consumerGroups = {
  screening: 'osteostream.screening.v1',
  backfill: 'osteostream.backfill.v1',
  sink: 'osteostream.sink.v1',
  /** Its one partition says which monitor leads; it commits nothing. */
  monitor: 'osteostream.monitor.v1',
} as const
