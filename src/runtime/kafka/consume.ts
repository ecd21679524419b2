import { messageOf } from '../errors.ts'
import type { Every } from '../every.ts'
import type { Logger } from '../logger.ts'
import type { ConsumedRecord, ConsumerControl, ConsumerOptions } from './types.ts'

/** The part of a client library's batch that the loop below needs. */
export type FetchedBatch = {
  readonly records: readonly ConsumedRecord[]
  readonly heartbeat: () => Promise<void>
  readonly resolveOffset: (offset: bigint) => void
  /** Whether the consumer is stopping or has sought elsewhere. */
  readonly isOver: () => boolean
}

/** The memory of one membership: the current epoch and the fence in front of commits. */
export const createMembership = (
  options: ConsumerOptions,
  deps: { commit: ConsumerControl['commit']; pause: ConsumerControl['pause']; every: Every; logger: Logger },
) => {
  let epoch = 0
  /** False from the first sign of a rebalance, or of the end, until the next assignment. */
  let accepting = false
  let lastTickAt = Date.now()
  const control: ConsumerControl = {
    commit: async (of, offsets) => {
      if (of !== epoch || offsets.length === 0) return
      await deps.commit(of, offsets)
    },
    pause: deps.pause,
  }
  const drain = async (): Promise<void> => {
    accepting = false
    deps.logger.debug({ group: options.groupId, epoch }, 'draining')
    await options.handler.drain(epoch)
  }
  return {
    lastTickAt: () => lastTickAt,
    tick: () => {
      lastTickAt = Date.now()
    },
    /** A new assignment: everything that belongs to an older epoch is fenced from here on. */
    joined: (partitions: ReadonlyMap<string, readonly number[]>): void => {
      epoch += 1
      accepting = true
      deps.logger.info(
        { group: options.groupId, epoch, partitions: Object.fromEntries(partitions) },
        'assigned',
      )
      options.handler.assigned({ epoch, partitions }, control)
    },
    consume: (batch: FetchedBatch) =>
      consumeBatch(batch, {
        epoch,
        isCurrent: (of) => accepting && of === epoch,
        drain,
        options,
        every: deps.every,
      }),
    drain,
  }
}

type BatchContext = {
  readonly epoch: number
  readonly isCurrent: (epoch: number) => boolean
  readonly drain: () => Promise<void>
  readonly options: ConsumerOptions
  readonly every: Every
}

/**
 * Hands the records of one fetch to the handler. The position moves when a record is accepted; the commit
 * comes later, from the handler, when the record is done. Heartbeats come from a timer, because a handler
 * without room may wait long; a heartbeat that answers "rebalance" drains first and then lets the library
 * rejoin.
 */
const consumeBatch = async (batch: FetchedBatch, context: BatchContext): Promise<void> => {
  let interruption: { error: unknown } | undefined
  let interrupt: () => void = () => {}
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve
  })
  const beat = (): void => {
    batch.heartbeat().catch((error: unknown) => {
      interruption ??= { error }
      interrupt()
    })
  }
  const stopBeating = context.every(Math.max(250, context.options.sessionTimeoutMs / 10), beat)
  const isOver = (): boolean =>
    interruption !== undefined || batch.isOver() || !context.isCurrent(context.epoch)
  try {
    for (const record of batch.records) {
      if (isOver()) break
      const accepted = context.options.handler.accept(record, context.epoch)
      const taken = typeof accepted === 'boolean' ? accepted : await Promise.race([accepted, interrupted])
      if (taken !== true || isOver()) break
      batch.resolveOffset(record.offset)
    }
  } finally {
    stopBeating()
  }
  if (interruption === undefined) return
  await context.drain()
  throw interruption.error
}

/** What to say when the library gives up. */
export const crashOf = (error: unknown): Error =>
  error instanceof Error ? error : new Error(messageOf(error))
