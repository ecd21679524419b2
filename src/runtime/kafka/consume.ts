import { messageOf } from '../errors.ts'
import type { Every } from '../every.ts'
import type { Logger } from '../logger.ts'
import { drainInTime } from './drain-in-time.ts'
import type { Assignment, ConsumedRecord, ConsumerControl, ConsumerOptions, FetchedBatch } from './types.ts'
import type { CutWatch } from './watch-cuts.ts'

/** Kafka's answers to a member whose partitions are about to move; any other error passes. */
const rebalanceErrors: ReadonlySet<unknown> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
])

const isRebalance = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && rebalanceErrors.has(error.type)

/** How long the group waits for its members to join again after a member has come or gone. */
export const rebalanceTimeoutMs = 60_000

/** Of that time, what a member may take to finish what is in work: the rest is for joining. */
const rebalanceShare = 0.75
const usualStopLimitMs = 15_000

export type MembershipDeps = {
  /** Of the handler. */
  readonly partitions: Pick<ConsumerControl, 'pause' | 'resume'>
  /** Pauses a partition for good, because the consumer ends: the library then sends heartbeats and fetches nothing. */
  readonly stopReading: ConsumerControl['pause']
  /** 60,000 where not given. */
  readonly rebalanceTimeoutMs?: number
  readonly every: Every
  readonly logger: Logger
  /** Present where the handler wants to know of removed records. */
  readonly cuts?: CutWatch | undefined
}

const eachOf = (partitions: ReadonlyMap<string, readonly number[]>, work: ConsumerControl['pause']): void => {
  for (const [topic, numbers] of partitions) for (const partition of numbers) work(topic, partition)
}

/** Ends when the handler is ready, or its time is over: what is still in work then is fenced and comes again. */
const drainHandler = async (
  { groupId: group, handler }: ConsumerOptions,
  { every, logger }: MembershipDeps,
  epoch: number,
  limitMs: number,
): Promise<void> => {
  logger.debug({ group, epoch }, 'draining')
  if (await drainInTime(handler.drain(epoch), limitMs, every)) return
  logger.warn({ group, epoch, limitMs }, 'drain cut short, what is in work comes again')
}

/** The memory of one membership: the current epoch and the fence in front of commits. */
export const createMembership = (options: ConsumerOptions, deps: MembershipDeps) => {
  let epoch = 0
  /** False from the first sign of a rebalance, or of the end, until the next assignment. */
  let accepting = false
  let stopping = false
  /** Of the latest batch of this epoch. */
  let sendCommit: FetchedBatch['commit'] | undefined
  let owned: Assignment['partitions'] = new Map()
  let lastTickAt = performance.now()
  const control: ConsumerControl = {
    commit: async (of, offsets) => {
      if (of !== epoch || offsets.length === 0) return
      await sendCommit?.(offsets)
    },
    ...deps.partitions,
  }
  const drain = (limitMs: number): Promise<void> => {
    accepting = false
    return drainHandler(options, deps, epoch, limitMs)
  }
  return {
    /** By the clock that does not jump (`performance.now`). */
    lastTickAt: () => lastTickAt,
    tick: () => {
      lastTickAt = performance.now()
    },
    /** A new assignment: everything that belongs to an older epoch is fenced from here on. */
    joined: (partitions: Assignment['partitions']): void => {
      epoch += 1
      owned = partitions
      sendCommit = undefined
      accepting = !stopping
      const fields = { group: options.groupId, epoch, partitions: Object.fromEntries(partitions) }
      deps.logger.info(fields, 'assigned')
      options.handler.assigned({ epoch, partitions }, control)
      if (stopping) eachOf(owned, deps.stopReading)
      deps.cuts?.assigned(partitions).catch((error: unknown) => options.onCrash(crashOf(error)))
    },
    consume: async (batch: FetchedBatch): Promise<void> => {
      sendCommit = batch.commit
      const context = { epoch, options, every: deps.every }
      if (await deps.cuts?.isAfterCut(batch)) return
      await consumeBatch(batch, {
        ...context,
        isCurrent: (other) => accepting && other === epoch,
        moved: (record) => deps.cuts?.moved(record),
        drain: () => drain(rebalanceShare * (deps.rebalanceTimeoutMs ?? rebalanceTimeoutMs)),
      })
    },
    isStopping: () => stopping,
    /** Lets the handler finish and commit; from now on no assignment is worked on. */
    stop: async (): Promise<void> => {
      stopping = true
      deps.cuts?.stop()
      eachOf(owned, deps.stopReading)
      await drain(options.stopLimitMs ?? usualStopLimitMs)
    },
  }
}

/**
 * How often a member tells that it lives. Twice a second also where the session may be long: by its next heartbeat a
 * member learns that another one has gone, and until then nobody reads the partitions of that one.
 */
export const heartbeatMs = ({ sessionTimeoutMs }: Pick<ConsumerOptions, 'sessionTimeoutMs'>): number =>
  Math.min(500, sessionTimeoutMs / 10)

type BatchContext = {
  readonly epoch: number
  readonly isCurrent: (epoch: number) => boolean
  /** Told that the position has moved past a record. */
  readonly moved: (record: ConsumedRecord) => void
  readonly drain: () => Promise<void>
  readonly options: ConsumerOptions
  readonly every: Every
}

/**
 * Hands the records of one fetch to the handler. The position moves when a record is accepted; the commit
 * comes later, from the handler, when the record is done. Heartbeats come from a timer, because a handler
 * without room may wait long, and go on while what is in work is finished; one that answers "rebalance" drains first
 * and then lets the library rejoin. One that fails otherwise is followed by the next: the library would go on with the same assignment,
 * which must not have been drained.
 */
const consumeBatch = async (batch: FetchedBatch, context: BatchContext): Promise<void> => {
  let interruption: { error: unknown } | undefined
  let interrupt: () => void = () => {}
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve
  })
  const beat = (): void => {
    batch.heartbeat().catch((error: unknown) => {
      if (!isRebalance(error)) return
      interruption ??= { error }
      interrupt()
    })
  }
  const stopBeating = context.every(heartbeatMs(context.options), beat)
  const isOver = (): boolean =>
    interruption !== undefined || batch.isOver() || !context.isCurrent(context.epoch)
  /** The last record that was accepted, while the position stands before it. */
  let accepted: ConsumedRecord | undefined
  const move = (): void => {
    if (accepted === undefined) return
    batch.resolveOffset(accepted.offset)
    context.moved(accepted)
    accepted = undefined
  }
  try {
    // Over or not, and the position, are looked after around each wait: between two waits nothing else runs.
    let isEnding = isOver()
    for (const record of batch.records) {
      if (isEnding) break
      const answer = context.options.handler.accept(record, context.epoch)
      if (typeof answer !== 'boolean') move()
      const isTaken = typeof answer === 'boolean' ? answer : await Promise.race([answer, interrupted])
      if (typeof answer !== 'boolean') isEnding = isOver()
      if (isTaken !== true || isEnding) break
      accepted = record
    }
    move()
    if (interruption === undefined) return
    // The coordinator counts the session on while it waits for this member: heartbeats go on.
    await context.drain()
    throw interruption.error
  } finally {
    move()
    stopBeating()
  }
}

/** What to say when the library gives up. */
export const crashOf = (error: unknown): Error =>
  error instanceof Error ? error : new Error(messageOf(error))
