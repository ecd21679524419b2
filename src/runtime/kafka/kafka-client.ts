import kafkajs, {
  type Admin,
  CompressionTypes,
  type Consumer,
  type EachBatchPayload,
  Kafka,
  type KafkaConfig,
  logLevel,
  Partitioners,
  type Producer,
  type SASLOptions,
} from 'kafkajs'
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import { everyReally } from '../every.ts'
import type { Logger } from '../logger.ts'
import { createAsk, leaveLimitMs } from './ask-in-time.ts'
import { crashOf, createMembership, heartbeatMs, rebalanceTimeoutMs } from './consume.ts'
import { consumedRecords } from './consumed-records.ts'
import { createTopics } from './create-topics.ts'
import { createOffsetGuard, type OffsetGuard } from './guard-offsets.ts'
import {
  kafkajsMessageOf,
  offsetEntries,
  offsetsBy,
  offsetsByTopic,
  stopMember,
  storedPositionOf,
  topicOffsets,
  whileLoading,
} from './kafkajs-adapters.ts'
import { fetchAsMember, outliveBroker, outliveClock, quietRequestQueue } from './kafkajs-patches.ts'
import { createPauses } from './pauses.ts'
import { seekStart } from './seek-start.ts'
import { createSendInTurn } from './send-in-turn.ts'
import type {
  ConsumedPosition,
  ConsumerOptions,
  KafkaAdmin,
  OutgoingRecord,
  PartitionOffsets,
  RecordConsumer,
  RecordPublisher,
  TopicTarget,
  TopicToCreate,
} from './types.ts'
import { createCutWatch } from './watch-cuts.ts'
import { zstdCodec } from './zstd-codec.ts'

kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = zstdCodec
quietRequestQueue(RequestQueue.prototype)
fetchAsMember(ConsumerGroup.prototype)
outliveBroker(ConsumerGroup.prototype)
outliveClock(ConsumerGroup.prototype)

export type KafkaOptions = {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly tls: boolean
  readonly sasl?: {
    mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    username: string
    password: string
  }
  readonly replicationFactor: number
  /** Longest wait for the answer to a question about topics and groups, in milliseconds; 60,000 where not given. */
  readonly answerLimitMs?: number
  readonly logger: Logger
}

/** One connection to a Kafka cluster; the only place that knows kafkajs. */
export type KafkaClient = {
  readonly consume: RecordConsumer
  readonly connectPublisher: () => Promise<RecordPublisher & { stop: () => Promise<void> }>
  readonly connectAdmin: () => Promise<KafkaAdmin & { stop: () => Promise<void> }>
}

/** kafkajs calls these errors; they are the ordinary course of a start or a rebalance. */
const ordinary = /coordinator|rebalanc|leadership|no leader|not aware of this member/i

type KafkaLogEntry = { level: logLevel; namespace: string; log: { message: string; error?: string } }

const routeLogs = (logger: Logger) => () => (entry: KafkaLogEntry) => {
  const { message, error } = entry.log
  const fields = {
    from: `kafkajs.${entry.namespace}`,
    ...(error === undefined ? {} : { error }),
  }
  if (entry.level === logLevel.ERROR && !ordinary.test(`${message} ${error ?? ''}`))
    logger.warn(fields, message)
  else logger.debug(fields, message)
}

const connectPublisher = async (kafka: Kafka) => {
  const producers = createSendInTurn<Producer>({
    open: async () => {
      const producer = kafka.producer({
        idempotent: true,
        createPartitioner: Partitioners.DefaultPartitioner,
        allowAutoTopicCreation: false,
        retry: { retries: 12, initialRetryTime: 100, maxRetryTime: 10_000 },
      })
      await producer.connect()
      return producer
    },
    close: (producer) => producer.disconnect(),
  })
  await producers.ready()
  const send = (topic: TopicTarget, records: readonly OutgoingRecord[]) =>
    producers.send(topic.name, (producer) =>
      producer.send({
        topic: topic.name,
        compression: topic.compression === 'zstd' ? CompressionTypes.ZSTD : CompressionTypes.None,
        messages: records.map(kafkajsMessageOf),
      }),
    )
  return {
    publish: async (topic: TopicTarget, record: OutgoingRecord) =>
      storedPositionOf((await send(topic, [record]))[0]),
    publishMany: async (topic: TopicTarget, records: readonly OutgoingRecord[]) => {
      if (records.length === 0) return
      const stored = await send(topic, records)
      for (const metadata of stored) storedPositionOf(metadata)
    },
    stop: producers.stop,
  }
}

const openConsumer = (kafka: Kafka, options: ConsumerOptions, mayRestart: () => boolean): Consumer =>
  kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    heartbeatInterval: heartbeatMs(options),
    maxBytes: options.fetchBytes,
    maxBytesPerPartition: Math.max(1024 * 1024, Math.floor(options.fetchBytes / 4)),
    maxWaitTimeInMs: 200,
    allowAutoTopicCreation: false,
    retry: {
      retries: 30,
      initialRetryTime: 100,
      maxRetryTime: 2000,
      restartOnFailure: async () => mayRestart(),
    },
  })

const runConsumer = async (
  kafka: Kafka,
  options: ConsumerOptions,
  logger: Logger,
  guard: OffsetGuard | undefined,
) => {
  const consumer = openConsumer(kafka, options, () => !membership.isStopping())
  const pauses = createPauses({
    pause: (topic, partition) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: (topic, partition) => consumer.resume([{ topic, partitions: [partition] }]),
  })
  const seek = ({ topic, partition, offset }: ConsumedPosition) =>
    consumer.seek({ topic, partition, offset: offset.toString() })
  const onCut = options.handler.cut
  const membership = createMembership(options, {
    partitions: pauses.by('handler'),
    stopReading: pauses.by('stop').pause,
    cuts:
      onCut &&
      guard &&
      createCutWatch({ guard, ...pauses.by('cut'), seek, onCut, every: everyReally, logger }),
    every: everyReally,
    logger,
  })
  const joined = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      // A pause belongs to an assignment, but kafkajs keeps it: what was in work below it would never come again.
      consumer.resume(consumer.paused())
      pauses.forget()
      if (options.startAt !== undefined) seekStart(consumer, options.startAt, payload.memberAssignment)
      membership.joined(new Map(Object.entries(payload.memberAssignment)))
      resolve()
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      // A first join may find the coordinator still loading: the library then starts again by itself.
      if (payload.restart || membership.isStopping()) return
      reject(crashOf(payload.error))
      options.onCrash(crashOf(payload.error))
    })
  })
  consumer.on(consumer.events.FETCH, membership.tick)
  consumer.on(consumer.events.HEARTBEAT, membership.tick)
  await consumer.connect()
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 64,
    eachBatch: (payload: EachBatchPayload) =>
      membership.consume({
        records: consumedRecords(payload.batch, options.headers),
        heartbeat: () => payload.heartbeat(),
        resolveOffset: (offset) => payload.resolveOffset(offset.toString()),
        commit: (offsets) => payload.commitOffsetsIfNecessary(offsetsByTopic(offsets)),
        isOver: () => !payload.isRunning() || payload.isStale(),
      }),
  })
  await joined
  return { lastTickAt: membership.lastTickAt, stop: () => stopMember(membership, consumer) }
}

const connectAdmin = async (
  kafka: Kafka,
  { replicationFactor, answerLimitMs = 60_000 }: Pick<KafkaOptions, 'replicationFactor' | 'answerLimitMs'>,
) => {
  const open = async (): Promise<Admin> => {
    const admin = kafka.admin()
    await admin.connect()
    return admin
  }
  const { ask, stop } = await createAsk({
    open,
    close: (admin) => admin.disconnect(),
    limitMs: answerLimitMs,
  })
  return {
    createTopics: (topics: readonly TopicToCreate[]) =>
      ask((admin) => whileLoading(() => createTopics(admin, topics, replicationFactor))),
    bounds: async (topic: string) => {
      const found = await ask((admin) => whileLoading(() => topicOffsets(admin, topic)))
      return {
        low: offsetsBy(found.map((entry) => ({ partition: entry.partition, offset: entry.low }))),
        end: offsetsBy(found.map((entry) => ({ partition: entry.partition, offset: entry.high }))),
      }
    },
    committed: async (groupId: string, topic: string) => {
      const [found] = await ask((admin) =>
        whileLoading(() => admin.fetchOffsets({ groupId, topics: [topic] })),
      )
      return offsetsBy((found?.partitions ?? []).filter((entry) => !entry.offset.startsWith('-')))
    },
    commitFor: (groupId: string, topic: string, offsets: PartitionOffsets) =>
      ask((admin) => admin.setOffsets({ groupId, topic, partitions: offsetEntries(offsets) })),
    // A group that stays behind is empty, and Kafka removes it in time.
    deleteGroup: (groupId: string) =>
      ask((admin) => admin.deleteGroups([groupId]), leaveLimitMs).then(
        () => {},
        () => {},
      ),
    stop,
  }
}

const saslOf = (sasl: KafkaOptions['sasl']): { sasl?: SASLOptions } => (sasl === undefined ? {} : { sasl })

/** Opens a client; it connects when something is asked of it. */
export const createKafkaClient = (options: KafkaOptions): KafkaClient => {
  const config: KafkaConfig = {
    clientId: options.clientId,
    brokers: [...options.brokers],
    ssl: options.tls,
    ...saslOf(options.sasl),
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    retry: { retries: 30, initialRetryTime: 100, maxRetryTime: 2000 },
    logLevel: logLevel.INFO,
    logCreator: routeLogs(options.logger),
  }
  const kafka = new Kafka(config)
  return {
    connectPublisher: () => connectPublisher(kafka),
    connectAdmin: () => connectAdmin(kafka, options),
    consume: async (consumer) => {
      const admin = consumer.handler.cut && (await connectAdmin(kafka, options))
      const running = await runConsumer(
        kafka,
        consumer,
        options.logger,
        admin && createOffsetGuard(consumer.groupId, admin),
      ).catch(async (error: unknown) => {
        await admin?.stop()
        throw error
      })
      return {
        ...running,
        stop: async () => {
          await running.stop()
          await admin?.stop()
        },
      }
    },
  }
}
