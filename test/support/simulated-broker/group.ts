import type { OffsetToCommit } from '../../../src/runtime/kafka/types.ts'
import type { VirtualClock } from './clock.ts'

/** What a coordinator answers to a member that must do something else. */
export class GroupError extends Error {
  readonly type: 'REBALANCE_IN_PROGRESS' | 'UNKNOWN_MEMBER_ID' | 'ILLEGAL_GENERATION'

  constructor(type: GroupError['type']) {
    super(type)
    this.type = type
  }
}

export type Place = { readonly topic: string; readonly partition: number }
export type Joined = {
  readonly member: string
  readonly generation: number
  readonly owned: readonly Place[]
}

type Member = {
  lastSeenAt: number
  owned: readonly Place[]
  /** Waits for the next generation. */
  pending: ((joined: Joined) => void) | undefined
}

/** The coordinator of a consumer group, by Kafka's classic protocol. */
export type SimulatedGroup = {
  readonly join: (member: string | undefined, answer: (joined: Joined) => void) => void
  readonly heartbeat: (member: string, generation: number) => void
  /** Stores offsets for a member of the current generation; like Kafka, it does not ask who owns the partition. */
  readonly commit: (member: string, generation: number, offsets: readonly OffsetToCommit[]) => void
  readonly committed: (place: Place) => bigint | undefined
  readonly owner: (place: Place) => string | undefined
  readonly leave: (member: string) => void
}

export type GroupOptions = {
  readonly clock: VirtualClock
  readonly places: readonly Place[]
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly onCommit: (member: string, offset: OffsetToCommit, before: bigint | undefined) => void
}

const keyOf = ({ topic, partition }: Place): string => `${topic}:${partition}`

/** Creates the coordinator of a group without members. */
export const createSimulatedGroup = (options: GroupOptions): SimulatedGroup => {
  const lane = options.clock.lane()
  const members = new Map<string, Member>()
  const offsets = new Map<string, bigint>()
  let generation = 0
  let named = 0
  let endRebalance: (() => void) | undefined

  const complete = (): void => {
    endRebalance?.()
    endRebalance = undefined
    for (const [name, member] of members) if (member.pending === undefined) members.delete(name)
    generation += 1
    const names = [...members.keys()]
    for (const [index, name] of names.entries()) {
      const member = members.get(name)
      if (member === undefined) continue
      // Who gets what changes with each generation, so that partitions really move.
      member.owned = options.places.filter((_, place) => (place + generation) % names.length === index)
      member.lastSeenAt = options.clock.nowMs()
      member.pending?.({ member: name, generation, owned: member.owned })
      member.pending = undefined
    }
  }
  const completeWhenAllJoined = (): void => {
    if (endRebalance !== undefined && [...members.values()].every(({ pending }) => pending !== undefined))
      complete()
  }
  const rebalance = (): void => {
    endRebalance ??= lane.after(options.rebalanceTimeoutMs, complete)
    completeWhenAllJoined()
  }
  const known = (name: string, of: number): Member => {
    const member = members.get(name)
    if (member === undefined) throw new GroupError('UNKNOWN_MEMBER_ID')
    if (of !== generation) throw new GroupError('ILLEGAL_GENERATION')
    return member
  }
  const leave = (name: string): void => {
    if (members.delete(name)) rebalance()
  }
  lane.every(options.sessionTimeoutMs / 4, () => {
    for (const [name, member] of members)
      if (
        member.pending === undefined &&
        options.clock.nowMs() - member.lastSeenAt > options.sessionTimeoutMs
      )
        leave(name)
  })
  return {
    join: (given, answer) => {
      const name = given ?? `member ${(named += 1)}`
      const member = members.get(name)
      if (given !== undefined && member === undefined) throw new GroupError('UNKNOWN_MEMBER_ID')
      if (member === undefined)
        members.set(name, { lastSeenAt: options.clock.nowMs(), owned: [], pending: answer })
      else member.pending = answer
      rebalance()
    },
    heartbeat: (name, of) => {
      known(name, of).lastSeenAt = options.clock.nowMs()
      if (endRebalance !== undefined) throw new GroupError('REBALANCE_IN_PROGRESS')
    },
    commit: (name, of, entries) => {
      known(name, of)
      for (const entry of entries) {
        options.onCommit(name, entry, offsets.get(keyOf(entry)))
        offsets.set(keyOf(entry), entry.offset)
      }
    },
    committed: (place) => offsets.get(keyOf(place)),
    owner: (place) =>
      [...members].find(([, { owned }]) => owned.some((other) => keyOf(other) === keyOf(place)))?.[0],
    leave,
  }
}
