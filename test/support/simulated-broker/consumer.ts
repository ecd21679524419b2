import { messageOf } from '../../../src/runtime/errors.ts'
import { createMembership } from '../../../src/runtime/kafka/consume.ts'
import type { ConsumedRecord, OffsetToCommit, RecordHandler } from '../../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import type { SimulatedBroker } from './broker.ts'
import type { Lane, VirtualClock } from './clock.ts'
import { GroupError, type Joined, type Place, type SimulatedGroup } from './group.ts'
import type { Network } from './network.ts'
import { rebalanceTimeoutMs } from './world.ts'

export type ConsumerDeps = {
  readonly clock: VirtualClock
  readonly lane: Lane
  readonly network: Network
  readonly broker: SimulatedBroker
  readonly group: SimulatedGroup
  readonly handler: RecordHandler
  readonly topics: readonly string[]
  readonly sessionTimeoutMs: number
  readonly fetchRecords: number
  /** Told of every commit that the handler asks for, before it is sent. */
  readonly onCommitCall: (epoch: number, currentEpoch: number, unowned: readonly OffsetToCommit[]) => void
  readonly count: (what: string) => void
}

export type SimulatedConsumer = {
  readonly stop: () => Promise<void>
  /** The name under which the coordinator knows it. */
  readonly member: () => string | undefined
}

const keyOf = ({ topic, partition }: Place): string => `${topic}:${partition}`
const longestPollMs = 1000
const stopLimitMs = 5000

/** What kafkajs remembers of its membership. */
type State = {
  joined: Joined | undefined
  mustJoin: boolean
  member: string | undefined
  epoch: number
  positions: Map<string, bigint>
  paused: Set<string>
  lastBeatAt: number
  isRunning: boolean
}

/**
 * Stands in for kafkajs below the adapter: it drives the same membership as the adapter does, and fetches,
 * rejoins, retries and stops as kafkajs does. Positions and pauses outlive a failed request and end with an
 * assignment.
 */
export const startSimulatedConsumer = (deps: ConsumerDeps): SimulatedConsumer => {
  const state: State = {
    joined: undefined,
    mustJoin: true,
    member: undefined,
    epoch: 0,
    positions: new Map(),
    paused: new Set(),
    lastBeatAt: 0,
    isRunning: true,
  }
  const membership = createMembership(
    {
      groupId: 'simulated',
      topics: deps.topics,
      fetchBytes: 0,
      sessionTimeoutMs: deps.sessionTimeoutMs,
      stopLimitMs,
      handler: deps.handler,
      onCrash: () => {},
    },
    {
      partitions: {
        pause: (topic, partition) => void state.paused.add(keyOf({ topic, partition })),
        resume: (topic, partition) => void state.paused.delete(keyOf({ topic, partition })),
      },
      stopReading: (topic, partition) => void state.paused.add(keyOf({ topic, partition })),
      rebalanceTimeoutMs,
      every: deps.lane.every,
      logger: silentLogger,
    },
  )
  const join = async (): Promise<void> => {
    const joined = await deps.network.ask<Joined>(deps.lane, 'join', (answer) =>
      deps.group.join(state.member, answer),
    )
    state.joined = joined
    state.mustJoin = false
    state.member = joined.member
    state.positions = new Map()
    state.paused = new Set()
    state.epoch += 1
    deps.count('assignments')
    membership.joined(partitionsOf(deps.topics, joined.owned))
  }
  const handle = async (records: readonly ConsumedRecord[]): Promise<void> => {
    const { joined, epoch } = state
    await membership.consume({
      records,
      heartbeat: () => heartbeat(deps, state),
      resolveOffset: (offset) => {
        const [record] = records
        if (record !== undefined) state.positions.set(keyOf(record), offset + 1n)
      },
      commit: (offsets) => commit(deps, state, { joined, epoch }, offsets),
      isOver: () => !state.isRunning,
    })
    await heartbeat(deps, state)
  }
  const runOnce = async (): Promise<void> => {
    if (state.mustJoin) await join()
    const batches = await fetch(deps, state)
    if (!state.isRunning) return
    if (batches.length === 0) await heartbeat(deps, state)
    const ends = await Promise.allSettled(batches.map(handle))
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    if (batches.length === 0) await untilNext(deps)
  }
  const run = async (): Promise<void> => {
    while (state.isRunning)
      try {
        await runOnce()
      } catch (error) {
        await recover(deps, state, error)
      }
  }
  const running = run()
  return {
    member: () => state.member,
    stop: async () => {
      await membership.stop()
      state.isRunning = false
      await running
      const { member } = state
      if (member !== undefined)
        await deps.network.request(deps.lane, 'heartbeat', () => deps.group.leave(member)).catch(() => {})
    },
  }
}

const partitionsOf = (topics: readonly string[], owned: readonly Place[]): Map<string, number[]> =>
  new Map(
    topics.flatMap((topic) => {
      const partitions = owned.filter((place) => place.topic === topic).map(({ partition }) => partition)
      return partitions.length === 0 ? [] : [[topic, partitions] as const]
    }),
  )

/** Only a rebalance makes the library join again; after any other error it goes on with its assignment. */
const recover = async (deps: ConsumerDeps, state: State, error: unknown): Promise<void> => {
  deps.count(error instanceof GroupError ? `answers: ${error.type}` : 'requests without an answer')
  if (error instanceof GroupError) {
    if (error.type === 'UNKNOWN_MEMBER_ID') state.member = undefined
    state.mustJoin = true
    return
  }
  if (!(error instanceof Error)) throw new Error(messageOf(error))
  await deps.lane.pause(100)
}

const heartbeat = async (deps: ConsumerDeps, state: State): Promise<void> => {
  const { joined } = state
  if (joined === undefined || deps.clock.nowMs() < state.lastBeatAt + deps.sessionTimeoutMs / 5) return
  await deps.network.request(deps.lane, 'heartbeat', () =>
    deps.group.heartbeat(joined.member, joined.generation),
  )
  state.lastBeatAt = deps.clock.nowMs()
}

/** A commit carries the generation of the batch that it follows. */
const commit = async (
  deps: ConsumerDeps,
  state: State,
  { joined, epoch }: Pick<State, 'joined' | 'epoch'>,
  offsets: readonly OffsetToCommit[],
): Promise<void> => {
  const owned = new Set(state.joined?.owned.map(keyOf))
  deps.onCommitCall(
    epoch,
    state.epoch,
    offsets.filter((offset) => !owned.has(keyOf(offset))),
  )
  if (joined === undefined) throw new GroupError('REBALANCE_IN_PROGRESS')
  await deps.network.request(deps.lane, 'commit', () =>
    deps.group.commit(joined.member, joined.generation, offsets),
  )
}

const fetch = async (deps: ConsumerDeps, state: State): Promise<(readonly ConsumedRecord[])[]> => {
  const places = (state.joined?.owned ?? []).filter((place) => !state.paused.has(keyOf(place)))
  const fetched = await deps.network.request(deps.lane, 'fetch', () =>
    places.map((place) => {
      const from = state.positions.get(keyOf(place)) ?? deps.group.committed(place) ?? 0n
      return deps.broker.read(place.topic, place.partition, from, deps.fetchRecords)
    }),
  )
  return fetched.filter(([first]) => first !== undefined && !state.paused.has(keyOf(first)))
}

/** Waits for a record of any topic, not longer than a fetch waits. */
const untilNext = (deps: ConsumerDeps): Promise<void> =>
  new Promise((resolve) => {
    const cancel = deps.lane.after(longestPollMs, resolve)
    deps.broker.onNext(() => {
      cancel()
      deps.lane.after(1, resolve)
    })
  })
