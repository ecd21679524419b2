import type { Running } from '../lifecycle.ts'

/** Where a record stands. */
export type ConsumedPosition = {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** A record as it stands in a topic partition. */
export type ConsumedRecord = ConsumedPosition & {
  /** The broker's time stamp, milliseconds since 1970. */
  readonly timestampMs: number
  readonly key: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

/** A record to publish; the key chooses the partition by murmur2, as Java's clients do. */
export type OutgoingRecord = {
  readonly key: string
  /** Where the key shall not choose. */
  readonly partition?: number
  /** Null is a tombstone. */
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
}

/** Where a record was stored. */
export type StoredPosition = { readonly topic: string; readonly partition: number; readonly offset: string }

/** What the publisher needs to know of a topic. */
export type TopicTarget = { readonly name: string; readonly compression: 'none' | 'zstd' }

/** Publishes with acks from all in-sync replicas; it resolves when Kafka has stored the records. */
export type RecordPublisher = {
  readonly publish: (topic: TopicTarget, record: OutgoingRecord) => Promise<StoredPosition>
  readonly publishMany: (topic: TopicTarget, records: readonly OutgoingRecord[]) => Promise<void>
}

/** One period in which a consumer owns partitions; what belongs to an older one is never committed. */
export type Assignment = {
  readonly epoch: number
  readonly partitions: ReadonlyMap<string, readonly number[]>
}

export type OffsetToCommit = { readonly topic: string; readonly partition: number; readonly offset: bigint }

/** Handle on an owned group membership. */
export type ConsumerControl = {
  /** Commits for an assignment; does nothing once that assignment has ended. */
  readonly commit: (epoch: number, offsets: readonly OffsetToCommit[]) => Promise<void>
  readonly pause: (topic: string, partition: number) => void
  /** Takes back the handler's own pause; a partition that stands still for another reason goes on standing. */
  readonly resume: (topic: string, partition: number) => void
}

/** A partition whose log no longer holds the record that would be read next. */
export type TopicCut = {
  readonly topic: string
  readonly partition: number
  /** The offset that would be read next. */
  readonly expected: bigint
  /** The lowest offset that is left, and one past the highest. */
  readonly first: bigint
  readonly end: bigint
}

/** What a consumer loop does with its assignment. */
export type RecordHandler = {
  readonly assigned: (assignment: Assignment, control: ConsumerControl) => void
  /**
   * Takes a record. It resolves when there is room for the next, not when the record is done; false means
   * that the record was not taken and the partition stays where it is. A plain answer, where there is room at
   * once, spares small records a turn of the event loop.
   */
  readonly accept: (record: ConsumedRecord, epoch: number) => boolean | Promise<boolean>
  /** Finishes and commits what is in work, because the partitions are about to move. */
  readonly drain: (epoch: number) => Promise<void>
  /**
   * Told of a partition that stands still, because what comes next has been removed. A consumer whose handler
   * has no use for this reads on from the lowest offset that is left.
   */
  readonly cut?: (cut: TopicCut) => void
}

export type ConsumerOptions = {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Where to begin, whatever the group has committed; partitions that are not named are not read. */
  readonly startAt?: ReadonlyMap<string, PartitionOffsets>
  /** The headers that the handler reads, for topics of many small records; all where not given. */
  readonly headers?: readonly string[]
  /** Most bytes of one fetch. */
  readonly fetchBytes: number
  readonly sessionTimeoutMs: number
  /** Longest time that the handler has to finish what is in work when the consumer is stopped; 15,000 where not given. */
  readonly stopLimitMs?: number
  readonly handler: RecordHandler
  /** Called when the consumer has stopped for good with an error. */
  readonly onCrash: (error: Error) => void
}

/** Starts consuming and answers when the group has been joined. */
export type RecordConsumer = (
  options: ConsumerOptions,
) => Promise<Running & { readonly lastTickAt: () => number }>

export type TopicToCreate = {
  readonly name: string
  readonly partitions: number
  readonly cleanup: 'delete' | 'compact'
  readonly retentionMs: number
  readonly maxMessageBytes: number
}

/** Offsets of one topic by partition, decimal digits. */
export type PartitionOffsets = ReadonlyMap<number, bigint>

/** Looks after topics and reads offsets. */
export type KafkaAdmin = {
  readonly createTopics: (topics: readonly TopicToCreate[]) => Promise<void>
  /** The lowest and one past the highest offset of each partition. */
  readonly bounds: (topic: string) => Promise<{ low: PartitionOffsets; end: PartitionOffsets }>
  /** Committed offsets of a group; a partition without a commit is absent. */
  readonly committed: (groupId: string, topic: string) => Promise<PartitionOffsets>
  /** Commits for a group that has no members; Kafka refuses it for one that has. */
  readonly commitFor: (groupId: string, topic: string, offsets: PartitionOffsets) => Promise<void>
  /** Forgets a group that has no members; one that cannot be forgotten now is forgotten by Kafka, later. */
  readonly deleteGroup: (groupId: string) => Promise<void>
}

/** The part of a client library's batch that a consumer needs. */
export type FetchedBatch = {
  /** May be made as they are asked for: a fetch holds thousands, and what is read at once is garbage at once. */
  readonly records: Iterable<ConsumedRecord>
  readonly heartbeat: () => Promise<void>
  readonly resolveOffset: (offset: bigint) => void
  /**
   * Commits as the member that fetched this batch, in one try: a library that tries again might do so in the
   * next assignment, over what the next owner has committed.
   */
  readonly commit: (offsets: readonly OffsetToCommit[]) => Promise<void>
  /** Whether the consumer is stopping or has sought elsewhere. */
  readonly isOver: () => boolean
}
