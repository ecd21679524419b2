import { z } from 'zod'
import { keyIdSchema, macSchema, signatureSchema, siteIdSchema } from './identifiers.ts'
import { eventNameOf, type JsonObject, schemaFileOf } from './json-schemas.ts'
import { filmContentTypes } from './signed-film.ts'
import {
  alarmsTopic,
  announcementsTopic,
  backfillTopic,
  canariesTopic,
  commandsTopic,
  consumerGroups,
  correctionsTopic,
  historyTopic,
  imagesTopic,
  modelsTopic,
  phantomsTopic,
  populationsTopic,
  receiptsTopic,
  referenceTestsTopic,
  reportsTopic,
  sitesTopic,
  type TopicDeclaration,
  topicOfEachEvent,
  topics,
  verdictsTopic,
  withheldTopic,
} from './topics.ts'
import { type Voucher, vouchers } from './voucher.ts'

const bindingVersion = '0.5.0'
const jsonSchemaFormat = 'application/schema+json;version=2020-12'

/** What the engine does with a topic. */
type Traffic = {
  readonly id: string
  readonly action: 'receive' | 'send'
  readonly topic: TopicDeclaration
  readonly summary: string
  /** The consumer group; absent where each process follows the whole topic under a group of its own. */
  readonly groupId?: string
}

const { backfill, screening, sink } = consumerGroups

const traffic: readonly Traffic[] = [
  {
    id: 'screenFilm',
    action: 'receive',
    topic: imagesTopic,
    groupId: screening,
    summary: 'reads each film and answers it with one verdict',
  },
  {
    id: 'requeueFilm',
    action: 'send',
    topic: imagesTopic,
    summary: 'sends the film of a dead letter again: same arrival, ce_attempt one higher',
  },
  {
    id: 'screenArchivedFilm',
    action: 'receive',
    topic: backfillTopic,
    groupId: backfill,
    summary: 'the same for a film of an archive, when live films leave room',
  },
  {
    id: 'requeueArchivedFilm',
    action: 'send',
    topic: backfillTopic,
    summary: 'sends the film of a dead letter again on the lane on which it came',
  },
  {
    id: 'bookReceipt',
    action: 'receive',
    topic: receiptsTopic,
    groupId: sink,
    summary: 'books the arrival in the study ledger',
  },
  {
    id: 'sendVerdict',
    action: 'send',
    topic: verdictsTopic,
    summary: 'one verdict for each image record, before its offset is committed',
  },
  {
    id: 'bookVerdict',
    action: 'receive',
    topic: verdictsTopic,
    groupId: sink,
    summary: 'stores verdict and findings',
  },
  {
    id: 'bookReferenceTest',
    action: 'receive',
    topic: referenceTestsTopic,
    groupId: sink,
    summary: 'stores the measurement',
  },
  {
    id: 'bookCorrection',
    action: 'receive',
    topic: correctionsTopic,
    groupId: sink,
    summary: 'stores the correction',
  },
  {
    id: 'activateModel',
    action: 'send',
    topic: modelsTopic,
    summary: 'gives a model package its role from an instant on',
  },
  { id: 'followModels', action: 'receive', topic: modelsTopic, summary: 'chooses the models for a film' },
  { id: 'registerSite', action: 'send', topic: sitesTopic, summary: 'publishes an entry of the registry' },
  { id: 'followSites', action: 'receive', topic: sitesTopic, summary: 'finds the public keys of a site' },
  {
    id: 'bookSite',
    action: 'receive',
    topic: sitesTopic,
    groupId: sink,
    summary: 'stores the entry with its period',
  },
  {
    id: 'bookCommand',
    action: 'receive',
    topic: commandsTopic,
    groupId: sink,
    summary: 'stores the command in the audit trail',
  },
  { id: 'recordCommand', action: 'send', topic: commandsTopic, summary: 'writes the audit trail' },
  { id: 'raiseAlarm', action: 'send', topic: alarmsTopic, summary: 'tells people what they must look at' },
  { id: 'bookAlarm', action: 'receive', topic: alarmsTopic, groupId: sink, summary: 'stores the alarm' },
  ...(
    [
      ['bookWithheld', withheldTopic],
      ['bookAnnouncement', announcementsTopic],
      ['bookPhantom', phantomsTopic],
      ['bookCanary', canariesTopic],
      ['bookHistory', historyTopic],
      ['bookReport', reportsTopic],
      ['bookPopulation', populationsTopic],
    ] as const
  ).map(([id, topic]): Traffic => ({ id, action: 'receive', topic, groupId: sink, summary: 'stores it' })),
]

/** `hip.reference-tests.v1` is the channel `reference-tests`. */
const channelIdOf = (topic: TopicDeclaration): string => topic.name.replace(/^hip\.|\.v\d+$/g, '')

/** One message for each content type: AsyncAPI gives a message one. */
const messageNamesOf = (topic: TopicDeclaration): string[] =>
  topic.encoding === 'film'
    ? filmContentTypes.map((type) => `${eventNameOf(topic)}.${type.replace(/^.*\//, '')}`)
    : [eventNameOf(topic)]

const schemaReference = (topic: TopicDeclaration): JsonObject => ({
  schemaFormat: jsonSchemaFormat,
  schema: { $ref: `./${schemaFileOf(topic)}` },
})

const refToMessage = (name: string): JsonObject => ({ $ref: `#/components/messages/${name}` })

const channelOf = (topic: TopicDeclaration): JsonObject => ({
  address: topic.name,
  summary: topic.summary,
  messages: Object.fromEntries(messageNamesOf(topic).map((name) => [name, refToMessage(name)])),
  bindings: {
    kafka: {
      topic: topic.name,
      partitions: topic.partitions,
      topicConfiguration: {
        'cleanup.policy': [topic.cleanup],
        'retention.ms': topic.retentionMs,
        'max.message.bytes': topic.maxMessageBytes,
        'message.timestamp.type': 'LogAppendTime',
      },
      bindingVersion,
    },
  },
  'x-vouched-by': vouchers[topic.voucher],
  'x-producer': {
    acks: 'all',
    idempotence: true,
    compression: topic.compression,
    partitioner: 'murmur2',
    partition: '(murmur2(key) & 0x7fffffff) % partitions',
    acknowledgement: 'an acknowledgement without an offset is a failure: send again',
  },
})

const siteVoucher = {
  ce_siteid: siteIdSchema.optional(),
  ce_sitekeyid: keyIdSchema.optional(),
  ce_sitesig: signatureSchema.optional(),
}

/** Headers by which a record is vouched for. */
const voucherHeaders: Readonly<Record<Voucher, Readonly<Record<string, z.ZodType>>>> = {
  film: {},
  kafka: {},
  engine: { ce_enginemac: macSchema },
  siteOrEngine: { ...siteVoucher, ce_enginemac: macSchema.optional() },
}

/** Headers of an event whose data is JSON: CloudEvents 1.0, Kafka binding, binary mode. */
const jsonEventHeaders = (topic: TopicDeclaration): JsonObject => {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(
    z.object({
      'content-type': z.literal('application/json'),
      ce_specversion: z.literal('1.0'),
      ce_type: z.literal(topic.eventType),
      ce_source: z.string().min(1),
      ce_id: z.string().min(1),
      ce_subject: z.string().min(1),
      ce_time: z.iso.datetime(),
      ...voucherHeaders[topic.voucher],
      traceparent: z.string().max(100).optional(),
    }),
    { io: 'input', target: 'draft-2020-12' },
  )
  return { schemaFormat: jsonSchemaFormat, schema }
}

const messageOf = (topic: TopicDeclaration, name: string, contentType: string): JsonObject => ({
  name,
  title: topic.eventType,
  summary: topic.summary,
  contentType,
  headers: topic.encoding === 'film' ? schemaReference(topic) : jsonEventHeaders(topic),
  payload:
    topic.encoding === 'film'
      ? { type: 'string', format: 'binary', description: 'The film itself, or empty: see ce_dataref.' }
      : schemaReference(topic),
  bindings: { kafka: { key: { type: 'string', description: topic.key }, bindingVersion } },
})

const messagesOf = (topic: TopicDeclaration): [string, JsonObject][] =>
  messageNamesOf(topic).map((name, index) => {
    const contentType = topic.encoding === 'film' ? filmContentTypes[index] : undefined
    return [name, messageOf(topic, name, contentType ?? 'application/json')]
  })

const operationOf = ({ id, action, topic, summary, groupId }: Traffic): [string, JsonObject] => [
  id,
  {
    action,
    summary,
    channel: { $ref: `#/channels/${channelIdOf(topic)}` },
    ...(groupId === undefined
      ? {}
      : { bindings: { kafka: { groupId: { type: 'string', const: groupId }, bindingVersion } } }),
  },
]

const description = [
  'Every topic of version 1. The operations are those of the engine: what it receives, others may send.',
  'A producer at a clinic writes an image record, waits for its acknowledgement, writes the receipt that names',
  'the offset, waits again, and only then answers its own sender. Fields that a reader does not know are',
  'ignored; a later major version in ce_type pauses the partition and raises an alarm. What a control record is',
  'vouched for with (the signature of a site or the MAC of the engine) covers these lines, joined by line feeds:',
  'osteostream.control.1, topic, record key, ce_type, ce_id, ce_time, and the SHA-256 of the value. What nobody vouches',
  'for is refused.',
].join(' ')

/** The AsyncAPI 3.0 document of every topic; it refers to the JSON Schemas beside it. */
export const asyncApiDocument = (): JsonObject => ({
  asyncapi: '3.0.0',
  info: {
    title: 'osteostream',
    version: '1.0.0',
    description,
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  defaultContentType: 'application/json',
  servers: {
    kafka: {
      host: '{host}:{port}',
      protocol: 'kafka',
      description: 'A broker of the programme.',
      variables: { host: { default: 'localhost' }, port: { default: '9092' } },
    },
  },
  channels: Object.fromEntries(topics.map((topic) => [channelIdOf(topic), channelOf(topic)])),
  operations: Object.fromEntries(traffic.map(operationOf)),
  components: { messages: Object.fromEntries(topicOfEachEvent.flatMap(messagesOf)) },
})
