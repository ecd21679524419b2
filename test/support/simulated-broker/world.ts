import type { PlacesSetAside } from '../../../src/consumers/places-set-aside.ts'
import {
  alarmsTopic,
  consumerGroups,
  imagesTopic,
  receiptsTopic,
  verdictsTopic,
} from '../../../src/contracts/topics.ts'
import { createSimulatedBroker, type SimulatedBroker } from './broker.ts'
import { createVirtualClock, type VirtualClock } from './clock.ts'
import { createSimulatedGroup, type Place, type SimulatedGroup } from './group.ts'
import { createJudge, type Judge } from './judge.ts'
import { createNetwork, type Network } from './network.ts'
import type { Schedule } from './schedule.ts'
import { createSimulatedStore, type SimulatedStore } from './store.ts'

/** Everything outside the processes of the engine. */
export type World = {
  readonly schedule: Schedule
  readonly clock: VirtualClock
  readonly network: Network
  readonly broker: SimulatedBroker
  readonly store: SimulatedStore
  readonly groups: { readonly screening: SimulatedGroup; readonly sink: SimulatedGroup }
  readonly judge: Judge
  /** Records that an operator has set aside; every process hears of them. */
  readonly setAside: PlacesSetAside & { readonly add: (place: string) => void }
  readonly nowIso: () => string
}

export const sinkTopics = [receiptsTopic.name, verdictsTopic.name, alarmsTopic.name]
export const sessionTimeoutMs = 3000
/** Longer than any film takes that ends: one of an ended assignment is let go then, and may not be in work any more. */
export const stuckAfterMs = 20_000
export const rebalanceTimeoutMs = 2 * sessionTimeoutMs

/** Few partitions, so that films, processes and rebalances meet. */
const partitions = new Map([
  [imagesTopic.name, 3],
  [receiptsTopic.name, 2],
  [verdictsTopic.name, 3],
  [alarmsTopic.name, 1],
])

const beginning = Date.parse('2026-03-10T10:00:00.000Z')

const createSetAside = (): World['setAside'] => {
  const places = new Set<string>()
  const listeners: ((place: string) => void)[] = []
  return {
    has: (place) => places.has(place),
    follow: (listener) => void listeners.push(listener),
    add: (place) => {
      if (places.has(place)) return
      places.add(place)
      for (const listener of listeners) listener(place)
    },
  }
}

/** Creates the services that a schedule runs against. */
export const createWorld = (schedule: Schedule, say: (line: string) => void): World => {
  const clock = createVirtualClock()
  const broker = createSimulatedBroker(partitions, () => beginning + clock.nowMs())
  const store = createSimulatedStore()
  const judge = createJudge({ clock, broker, store, say })
  const group = (groupId: string, topics: readonly string[]): SimulatedGroup => {
    const places: Place[] = topics.flatMap((topic) =>
      broker.partitions(topic).map((partition) => ({ topic, partition })),
    )
    return createSimulatedGroup({
      clock,
      places,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      onCommit: (member, offset, before) => judge.committed(groupId, member, offset, before),
    })
  }
  return {
    schedule,
    clock,
    network: createNetwork(clock),
    broker,
    store,
    groups: {
      screening: group(consumerGroups.screening, [imagesTopic.name]),
      sink: group(consumerGroups.sink, sinkTopics),
    },
    judge,
    setAside: createSetAside(),
    nowIso: () => new Date(beginning + clock.nowMs()).toISOString(),
  }
}
