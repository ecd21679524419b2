import { z } from 'zod'
import { alarmEventType, alarmSchema } from './alarm.ts'
import { commandEventType, commandSchema } from './command.ts'
import { correctionEventType, correctionSchema } from './correction.ts'
import { imageEventType, imageHeadersSchema } from './image-event.ts'
import { modelActivationEventType, modelActivationSchema } from './model-activation.ts'
import { receiptEventType, receiptSchema } from './receipt.ts'
import { referenceTestEventType, referenceTestSchema } from './reference-test.ts'
import { siteEventType, siteSchema } from './site.ts'
import { verdictEventType, verdictSchema } from './verdict.ts'

/** How a topic is made and what travels on it. The number of partitions is fixed for a topic version. */
export type TopicDeclaration<Schema extends z.ZodType = z.ZodType> = {
  readonly name: string
  readonly eventType: string
  readonly summary: string
  /** What the record key holds; murmur2 (the Java default) chooses the partition. */
  readonly key: string
  readonly partitions: number
  readonly cleanup: 'delete' | 'compact'
  /** -1 keeps records for ever. */
  readonly retentionMs: number
  readonly maxMessageBytes: number
  readonly compression: 'none' | 'zstd'
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
export const filmLanes = { live: imagesTopic, backfill: backfillTopic } as const
export const filmLaneSchema = z.enum(['live', 'backfill']) satisfies z.ZodType<keyof typeof filmLanes>
export type FilmLane = z.infer<typeof filmLaneSchema>

export const receiptsTopic = {
  ...small,
  name: 'hip.receipts.v1',
  eventType: receiptEventType,
  summary: 'the engine has stored an arrival of a film',
  key: 'eventId',
  partitions: 12,
  schema: receiptSchema,
} as const satisfies TopicDeclaration

export const verdictsTopic = {
  ...small,
  name: 'hip.verdicts.v1',
  eventType: verdictEventType,
  summary: 'what became of an arrival: a finding, a rejection or a dead letter',
  key: 'eventId',
  partitions: 12,
  schema: verdictSchema,
} as const satisfies TopicDeclaration

export const referenceTestsTopic = {
  ...small,
  name: 'hip.reference-tests.v1',
  eventType: referenceTestEventType,
  summary: 'bone-density measurements of people whose hips were filmed',
  key: 'subjectKey',
  partitions: 6,
  schema: referenceTestSchema,
} as const satisfies TopicDeclaration

export const correctionsTopic = {
  ...small,
  name: 'hip.corrections.v1',
  eventType: correctionEventType,
  summary: 'erasures, retractions and relinked people',
  key: 'subjectKey, or eventId for a retraction',
  partitions: 1,
  schema: correctionSchema,
} as const satisfies TopicDeclaration

export const modelsTopic = {
  ...small,
  name: 'hip.models.v1',
  eventType: modelActivationEventType,
  summary: 'which model package is active from when',
  key: 'activationId',
  partitions: 1,
  cleanup: 'compact',
  schema: modelActivationSchema,
} as const satisfies TopicDeclaration

export const sitesTopic = {
  ...small,
  name: 'hip.sites.v1',
  eventType: siteEventType,
  summary: 'the site registry with validity periods and public keys',
  key: 'siteId and validFrom, joined by @',
  partitions: 1,
  cleanup: 'compact',
  schema: siteSchema,
} as const satisfies TopicDeclaration

export const commandsTopic = {
  ...small,
  name: 'hip.commands.v1',
  eventType: commandEventType,
  summary: 'what people told the engine to do: the audit trail',
  key: 'commandId',
  partitions: 1,
  schema: commandSchema,
} as const satisfies TopicDeclaration

export const alarmsTopic = {
  ...small,
  name: 'hip.alarms.v1',
  eventType: alarmEventType,
  summary: 'what a person must look at',
  key: 'alarmId',
  partitions: 1,
  schema: alarmSchema,
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
} as const
